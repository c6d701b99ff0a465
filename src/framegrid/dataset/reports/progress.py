"""The progress bar of everything that goes through many images."""

from collections.abc import Iterable
from typing import Any

_QUIET_S = 1.0  # what is done by then needs no bar


def bar(what: str, total: int, *, shown: bool, items: Iterable[Any] | None = None) -> Any:
    """Make a progress bar, to be iterated over `items` or updated by hand."""
    from tqdm.auto import tqdm  # noqa: PLC0415 - in a notebook it imports the widgets

    return tqdm(
        items,
        desc=what,
        total=total,
        unit=" images",
        delay=_QUIET_S,
        disable=None if shown and total else True,  # None: no bar in a log file
        leave=False,
    )
