"""What processes that were killed left beside the files that they were writing."""

import os
import platform
import re
from contextlib import suppress
from pathlib import Path

_REST = re.compile(r"(\d+)-[0-9a-f]{8}@(.*)\.tmp", re.DOTALL)


def remove_leftovers(folder: Path, prefix: str) -> None:
    """Remove the temporary files of processes that are gone; those of other machines stay.

    Args:
        folder: where they are.
        prefix: how their names begin, before ``PID-RANDOM@HOST.tmp``.
    """
    with suppress(OSError), os.scandir(folder) as entries:
        for name in [entry.name for entry in entries if entry.name.startswith(prefix)]:
            match = _REST.fullmatch(name, len(prefix))
            if match and match[2] == platform.node() and not _is_running(int(match[1])):
                with suppress(OSError):  # another process removes it too
                    (folder / name).unlink()


def _is_running(pid: int) -> bool:
    if os.name == "nt":  # there, signal 0 is not a question
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # another user's, or no pid
        pass
    return True
