"""How the Python of a worker is started, so that nothing of the current folder runs in it.

A folder with images may come from a stranger, and the current one is where Python looks first: a
``numpy.py`` in there would be run. Workers look for modules where they are installed, the standard
library first. What lies beside the notebook or script is for the functions of users alone, see
``UserModules``.
"""

import os
import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from framegrid.base import limits

_SERVE = """
import signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who waits for us
given = {path!r}
sys.path[:] = [*given, *(entry for entry in sys.path if entry not in given), {home!r}]
import framegrid
sys.path.pop()
from framegrid.images.workers.serving import serve
serve(bounds={bounds!r}, limits={limits!r}, beside={beside!r}, names={names!r})
"""

_STANDARD = frozenset({"lib-dynload", "DLLs"})
_ZIP = re.compile(r"python\d+t?\.zip")


def command(*, bounds: bool) -> list[str]:
    """The command that starts a worker."""
    beside = _beside()
    serve = _SERVE.format(
        path=_path(beside),
        home=str(Path(__file__).parents[3]),
        bounds=bounds,
        limits=limits.as_dict(),
        beside=beside,
        names=sorted(set(_loaded_from(beside))),
    )
    return [sys.executable, "-P", "-c", serve]


def variables() -> dict[str, str]:
    """The environment of this process as it is now; other threads may be at changing it."""
    values = ((name, os.environ.get(name)) for name in list(os.environ))
    return {name: value for name, value in values if value is not None}


def environment(given: dict[str, str]) -> dict[str, str]:
    """The environment of a worker: these variables, with no relative entry in ``PYTHONPATH``."""
    env = {"OMP_NUM_THREADS": "1", **given}  # the other cores have their own images
    path = env.pop("PYTHONPATH", "").split(os.pathsep)
    if absolute := [entry for entry in path if not _is_beside(entry)]:
        env["PYTHONPATH"] = os.pathsep.join(absolute)
    return env


def _path(beside: Iterable[str]) -> list[str]:
    """What to look through for modules, the standard library first."""
    entries = [entry for entry in sys.path if isinstance(entry, str) and not _is_beside(entry)]
    return sorted(
        (entry for entry in entries if os.path.realpath(entry) not in beside),
        key=lambda entry: not _is_standard(entry),
    )


def _beside() -> list[str]:
    """The folders that Python looks through since it was started or works there."""
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    home = None if script is None else os.path.realpath(Path(script).parent)
    folders = [
        os.path.realpath(entry)
        for entry in sys.path
        if isinstance(entry, str) and (_is_beside(entry) or os.path.realpath(entry) == home)
    ]
    installed = {os.path.realpath(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
    return [folder for folder in dict.fromkeys(folders) if folder not in installed]


def _is_beside(entry: str) -> bool:
    """Whether an entry is the current folder, or another one whenever that is."""
    if not Path(entry).is_absolute():
        return True
    with suppress(OSError):  # the current folder is gone
        return os.path.realpath(entry) == os.path.realpath(Path.cwd())
    return False


def _is_standard(entry: str) -> bool:
    standard = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}
    name = Path(entry).name
    return entry in standard or name in _STANDARD or _ZIP.fullmatch(name) is not None


def _loaded_from(folders: Iterable[str]) -> Iterator[str]:
    """Name the modules that this process has from one of these folders."""
    folders = set(folders)
    for name, module in list(sys.modules.items()):
        if "." in name or name in sys.stdlib_module_names or name == "framegrid":
            continue
        files = [*getattr(module, "__path__", ()), getattr(module, "__file__", None)]
        parents = {os.path.realpath(Path(file).parent) for file in files if isinstance(file, str)}
        if parents & folders:
            yield name
