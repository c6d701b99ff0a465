"""Whether a cell of a notebook runs, as IPython tells it."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any
from weakref import WeakMethod, WeakSet

_THE_CELL_THAT_RUNS = object()
"""Stands for the cell in which the watch began: nobody told of its beginning."""


class RunningCells:
    """The cells that run in this process; none where another host than IPython runs the code."""

    def __init__(self) -> None:
        self._running: set[object] = set()
        self._shells: WeakSet[Any] = WeakSet()
        self._ends: list[WeakMethod[Callable[[], None]]] = []

    def __bool__(self) -> bool:
        """Whether any does."""
        return bool(self._running)

    def watch(self, ended: Callable[[], None]) -> None:
        """Have a method called whenever the last cell that runs has ended."""
        self._ends = [end for end in self._ends if end()] + [WeakMethod(ended)]
        shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
        if shell is None or shell in self._shells:
            return
        self._shells.add(shell)
        if _is_in_cell(sys._getframe()):  # noqa: SLF001 - IPython does not tell it otherwise
            self._running.add(_THE_CELL_THAT_RUNS)
        shell.events.register("pre_run_cell", self._begin)
        shell.events.register("post_run_cell", self._end)

    def _begin(self, info: object) -> None:
        self._running.add(info)

    def _end(self, result: Any) -> None:
        """Forget a cell, however it ended; of one that was interrupted there may be no result."""
        info = getattr(result, "info", None)
        if info not in self._running:
            self._running.clear()
        self._running -= {info, _THE_CELL_THAT_RUNS}
        if not self._running:
            for end in [end() for end in self._ends]:
                if end:
                    end()


def _is_in_cell(frame: FrameType | None) -> bool:
    """Whether a frame is of code that IPython runs."""
    while frame is not None:
        place = (frame.f_globals.get("__name__"), frame.f_code.co_name)
        if place == ("IPython.core.interactiveshell", "run_code"):
            return True
        frame = frame.f_back
    return False


running = RunningCells()
"""The cells of this process."""
