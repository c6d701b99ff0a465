"""What was asked for last, kept in memory within a bound."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from framegrid.base import forks

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Values that go when others were asked for since; any thread may ask.

    Args:
        most: what all together may take; the last one is kept, whatever it takes.
        size: what one takes, which may grow; by default each counts one.
    """

    def __init__(self, most: int, size: Callable[[Value], int] = lambda _: 1) -> None:
        self._most, self._size = most, size
        self._begin()
        _living.add(self)

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[Key, Value] = OrderedDict()

    def after_fork(self) -> None:
        """In a forked child, begin with nothing: a thread of the parent may be at it."""
        self._begin()

    def get(self, key: Key) -> Value | None:
        """The value; None if it is not kept."""
        with self._lock:
            if key not in self._held:
                return None
            self._held.move_to_end(key)
            return self._held[key]

    def put(self, key: Key, value: Value) -> None:
        """Keep a value instead of those that were asked for longest ago."""
        with self._lock:
            self._put(key, value)

    def of(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value, the same for all who ask at once; made, which is to be quick, if need be."""
        with self._lock:
            value = self._held[key] if key in self._held else make()
            self._put(key, value)
            return value

    def clear(self) -> None:
        """Keep none."""
        with self._lock:
            self._held.clear()

    def _put(self, key: Key, value: Value) -> None:
        self._held[key] = value
        self._held.move_to_end(key)
        while len(self._held) > 1 and sum(map(self._size, self._held.values())) > self._most:
            self._held.popitem(last=False)


_living: WeakSet[Recent[Any, Any]] = forks.living()
