"""What a notebook shows of framegrid's checks, and of files that there are not: the user's lines.

Bugs, of framegrid and of the libraries below it, and what the user's own functions raise keep every
frame; the traceback itself stays whole in any case, for debuggers and logs.
"""

import sys
import sysconfig
from collections.abc import Iterator
from functools import cache, partial
from opcode import opmap
from types import TracebackType
from typing import Any

_RAISE = opmap["RAISE_VARARGS"]
_PACKAGE = "framegrid"
# Between the user's line and ours: what hands an assigned trait on.
_HANDS_ON = {_PACKAGE, "traitlets", "anywidget", "ipywidgets"}
# What framegrid's checks raise. Syntax errors go another way in IPython.
_CHECKED = (ValueError, TypeError, LookupError, OSError, AttributeError, NotImplementedError)


def install() -> None:
    """Have IPython cut the tracebacks of framegrid's checks, unless the user has another way."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    if shell and not getattr(shell, "custom_exceptions", True):
        trait_error: Any = sys.modules["traitlets"].TraitError
        shell.set_custom_exc((*_CHECKED, trait_error), _show)


def shown(error: BaseException) -> list[str]:
    """The lines that IPython shows of an exception, without the frames inside framegrid."""
    handler: Any = sys.modules["IPython"].get_ipython().InteractiveTB
    callers = users(error.__traceback__)
    lines: list[str] = handler.structured_traceback(type(error), error, callers, tb_offset=1)
    return lines


def is_check(traceback: TracebackType | None) -> bool:
    """Whether a `raise` of framegrid made an exception, and not what went wrong in a line."""
    *_, last = [None, *_frames(traceback)]
    if last is None or not _is_ours(last):
        return False
    return last.tb_frame.f_code.co_code[last.tb_lasti] == _RAISE


def is_of_a_file(error: BaseException, traceback: TracebackType | None) -> bool:
    """Whether the system refused framegrid a file, which the message names."""
    if not isinstance(error, OSError) or error.filename is None:
        return False
    own = [frame for frame in _frames(traceback) if _is_ours(frame) or not _is_library(frame)]
    return bool(own) and _is_ours(own[-1])


def users(traceback: TracebackType | None) -> TracebackType | None:
    """The part of a traceback that is above framegrid, and callbacks of the user that it called."""
    kept: list[TracebackType] = []
    is_above = True
    for frame in _frames(traceback):
        is_above = is_above and _package(frame) not in _HANDS_ON
        if is_above or not (_package(frame) in _HANDS_ON or _is_library(frame)):
            kept.append(frame)
    chain: TracebackType | None = None
    for frame in reversed(kept):
        chain = TracebackType(chain, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return chain


def _show(shell: Any, kind: type, error: Any, traceback: TracebackType, **_: Any) -> None:
    """Show an exception as IPython does by itself, and a check's without what is inside."""
    is_told = is_check(traceback) or is_of_a_file(error, traceback)
    if is_told and not hasattr(error, "_render_traceback_"):
        error._render_traceback_ = partial(shown, error)
    shell.showtraceback((kind, error, traceback), running_compiled_code=True)


def _frames(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _package(traceback: TracebackType) -> str:
    return str(traceback.tb_frame.f_globals.get("__name__", "")).partition(".")[0]


def _is_ours(traceback: TracebackType) -> bool:
    return _package(traceback) == _PACKAGE


def _is_library(traceback: TracebackType) -> bool:
    return traceback.tb_frame.f_code.co_filename.startswith(_library_folders())


@cache
def _library_folders() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    return ("<frozen ", *(paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")))
