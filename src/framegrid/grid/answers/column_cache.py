"""What was made of columns, kept as long as they are the same."""

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import ref

Made = TypeVar("Made")


class ColumnCache:
    """What was made of columns: made again only when the column is another.

    Args:
        size: of what was made, in bytes.
        limit: what is kept, in bytes.
    """

    def __init__(self, size: Callable[[Any], int], limit: int) -> None:
        self._size = size
        self._limit = limit
        self._kept: dict[Hashable, tuple[Any, Any]] = {}
        self._lock = threading.Lock()

    def get(self, name: Hashable, column: object, make: Callable[[], Made]) -> Made:
        """What `make` makes of a column, now or when it was asked for under this name."""
        with self._lock:
            kept = self._kept.pop(name, None)
            if kept is not None and kept[0]() is column:
                self._kept[name] = kept
                return kept[1]  # type: ignore[no-any-return]
        made = make()
        with self._lock:
            self._kept[name] = ref(column), made
            while len(self._kept) > 1 and self._bytes() > self._limit:
                self._kept.pop(next(iter(self._kept)))
        return made

    def _bytes(self) -> int:
        return sum(self._size(made) for _, made in list(self._kept.values()))
