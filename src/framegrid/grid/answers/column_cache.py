"""What was made of columns, kept as long as they are the same."""

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

    def get(self, name: Hashable, column: object, make: Callable[[], Made]) -> Made:
        """What `make` makes of a column, now or when it was asked for under this name."""
        kept = self._kept.pop(name, None)
        is_new = kept is None or kept[0]() is not column
        if kept is None or is_new:
            kept = ref(column), make()
        self._kept[name] = kept
        while is_new and len(self._kept) > 1 and self._bytes() > self._limit:
            self._kept.pop(next(iter(self._kept)))
        return kept[1]

    def _bytes(self) -> int:
        return sum(self._size(made) for _, made in list(self._kept.values()))
