"""Makes this Python as poor as one in the browser (Pyodide): to be imported before anything else.

No thread and no process starts, and modules that wrap what only an operating system has are absent.
"""

import errno
import mmap
import os
import subprocess
import sys
import threading

ABSENT = {"fcntl", "multiprocessing", "psutil", "resource", "termios"}


class _Finder:
    """Finds that a module is not there."""

    def find_spec(self, name, _path=None, _target=None):
        if name.partition(".")[0] in ABSENT:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def _no_thread(*_):
    raise RuntimeError("can't start new thread")


def _no_process(*_, **__):
    raise OSError(errno.ENOTSUP, "emscripten does not support processes.")


sys.meta_path.insert(0, _Finder())
threading.Thread.start = _no_thread
subprocess.Popen.__init__ = _no_process
mmap.mmap = _no_process
for name in ("fork", "register_at_fork", "sched_getaffinity"):
    if hasattr(os, name):
        delattr(os, name)
