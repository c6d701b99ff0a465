"""Those who follow the changes of a dataset."""

import warnings
from collections.abc import Callable
from inspect import ismethod
from itertools import count
from weakref import ReferenceType, WeakMethod, ref

from framegrid.base import brief

Listener = Callable[[], object]


class Listeners:
    """Functions to be called after each change, held weakly."""

    def __init__(self) -> None:
        self._references: dict[int, ReferenceType[Listener]] = {}
        self._tickets = count()

    def __len__(self) -> int:
        """Count them, those included that are gone since the last change."""
        return len(self._references)

    def add(self, listener: Listener) -> Callable[[], None]:
        """Take a function or method, and give the function that lets it go."""
        ticket = next(self._tickets)
        self._references[ticket] = (WeakMethod if ismethod(listener) else ref)(listener)

        def remove() -> None:
            self._references.pop(ticket, None)

        return remove

    def announce(self) -> None:
        """Call all; without any lock, which they may want on another thread."""
        for ticket, reference in list(self._references.items()):
            listener = reference()
            if listener is None:
                self._references.pop(ticket, None)
                continue
            try:
                listener()
            except Exception as error:  # noqa: BLE001 - the change stands, whatever a listener does
                warnings.warn(f"a view could not follow a change: {brief(error)}", stacklevel=2)
