"""A file that one thread of one process at a time works on."""

import os
import platform
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, TypeVarTuple

from framegrid.base import DatasetBusyError, forks
from framegrid.storage.files.system import NO_LOCKS, lock_functions, open_file, read_at
from framegrid.storage.journal.framing import OWNER_AT, OWNER_SIZE

LOCK_SECONDS = 10.0  # the largest bulk edits take 2; a stopped process would take for ever
_FIRST_PAUSE = 20e-6  # seconds; an edit holds the lock for about 5 us
_LONGEST_PAUSE = 5e-3  # seconds; nobody notices it

_Args = TypeVarTuple("_Args")
_Result = TypeVar("_Result")


class LockedFile:
    """A journal's file: opened when first used, again after a fork, and locked while in use.

    Attributes:
        path: the file; if writable, it is made when missing.
        writable: False if it may only be read; then it need not be there.
        fd: its descriptor, or -1 while it is closed.
        inode: its number on its file system.
    """

    def __init__(self, path: Path, *, writable: bool) -> None:
        """Open nothing yet."""
        self.path = path
        self.writable = writable
        self.fd = -1
        self.inode = 0
        self._mutex = threading.RLock()  # one descriptor has one lock, whatever the thread
        self._try_lock: Callable[[], object] = int  # C functions, always: see exclusively()
        self._unlock: Callable[[], object] = int
        self._close: Callable[[], object] = int
        _files.add(self)

    def exclusively(self, work: Callable[[*_Args], _Result], *args: *_Args) -> _Result:
        """Do work while no other thread and no other process can write.

        Ctrl-C can raise ``KeyboardInterrupt`` after any call, but not between ``finally`` and a
        release, as both releases are C functions. A ``with`` would not promise that.

        Raises:
            DatasetBusyError: if another process holds the lock for ``LOCK_SECONDS``.
        """
        try:
            self._mutex.acquire()
            try:
                self._lock()
                return work(*args)
            finally:
                self._unlock()
        finally:
            try:  # noqa: SIM105 - contextlib.suppress could be interrupted
                self._mutex.release()
            except RuntimeError:  # Ctrl-C ended the wait for it
                pass

    def close(self) -> None:
        """Close the file, when no other thread uses it; the next use opens it again."""
        with self._mutex:
            self.fd = -1
            self._unlock = int
            self._close()

    def after_fork(self) -> None:
        """In a forked child, share no lock with the parent: it would outlive the parent."""
        self._mutex = threading.RLock()
        self.close()

    def _lock(self) -> None:
        if self.fd < 0 and not self._open():
            return
        try:
            self._try_lock()
        except BlockingIOError:
            self._wait()
        except OSError as error:
            if self.writable or error.errno not in NO_LOCKS:
                raise

    def _wait(self) -> None:
        """Ask for the lock again and again: a wait in the kernel could not have a deadline."""
        deadline = time.monotonic() + LOCK_SECONDS
        pause = _FIRST_PAUSE
        while True:
            time.sleep(pause)
            try:
                self._try_lock()
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise self._busy() from None
            else:
                return
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _busy(self) -> DatasetBusyError:
        owner = read_at(self.fd, OWNER_SIZE, OWNER_AT).split(b"\0")[0].decode(errors="replace")
        return DatasetBusyError(
            f"{self.path} has been locked by {owner or 'another process'} for {LOCK_SECONDS:g} s: "
            "let that process go on, or end it, and try again"
        )

    def sign(self) -> bytes:
        """(128,) bytes that name this process to those who wait for it, other ones each time."""
        owner = f"process {os.getpid()} on {platform.node()}".encode()[: OWNER_SIZE - 16]
        return owner.ljust(OWNER_SIZE - 8, b"\0") + os.urandom(4).hex().encode()

    def _make(self) -> None:
        """Make the file, as there is none."""
        raise NotImplementedError

    def _open(self) -> bool:
        """Open the file; tell whether there is one."""
        if not self.path.exists():
            if not self.writable:
                return False
            self._make()
        fd = open_file(self.path, os.O_RDWR if self.writable else os.O_RDONLY)
        self._close = weakref.finalize(self, os.close, fd)
        self._close.atexit = False  # the last snapshot still needs it
        self._try_lock, self._unlock = lock_functions(fd, shared=not self.writable)
        self.inode = os.fstat(fd).st_ino
        self.fd = fd
        return True


_files: weakref.WeakSet[LockedFile] = forks.living()
