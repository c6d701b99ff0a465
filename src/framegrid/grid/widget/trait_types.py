"""Traits that hold plain values which cannot be changed in place."""

from collections.abc import Mapping
from typing import Any

import traitlets

from framegrid.base import brief
from framegrid.grid import protocol
from framegrid.grid.widget.frozen import frozen


class Filters(traitlets.Union):
    """Conditions by key, or on the way to that an expression."""

    def __init__(self) -> None:
        super().__init__([traitlets.Dict(), traitlets.Unicode()])
        self.tag(
            sync=True,
            to_json=lambda filters, _: protocol.to_browser(filters),
            from_json=lambda wire, _: protocol.from_browser(wire),
        )

    def validate(self, obj: Any, value: Any) -> Any:
        """See that it is one of them."""
        return frozen(super().validate(obj, value), "grid.filters")


class Keys(traitlets.List[str]):
    """A list of keys."""

    def validate(self, obj: Any, value: Any) -> Any:
        """See that they are text."""
        return frozen(super().validate(obj, value), f"grid.{self.name}")


class Sort(traitlets.TraitType[Any, Any]):
    """A text, or a list of several."""

    default_value = ""

    def validate(self, obj: Any, value: Any) -> Any:
        """See that they are text; a list of one is that one, an empty one none.

        Raises:
            TypeError: it is something else.
        """
        sorts = [value] if isinstance(value, str) else value
        if not isinstance(sorts, list | tuple) or not all(isinstance(key, str) for key in sorts):
            raise TypeError(
                f"{type(obj).__name__}.{self.name} takes a key, as in '-width', or a list of them, "
                f"['label', '-width'], not {brief(value)}"
            )
        return frozen(protocol.sort_of(list(sorts)), f"grid.{self.name}")


class Cut(traitlets.TraitType[Any, Any]):
    """A key and where it is cut, or None."""

    default_value = None
    allow_none = True

    def __init__(self) -> None:
        super().__init__()
        self.tag(
            sync=True,
            to_json=lambda cut, _: protocol.to_browser(cut),
            from_json=lambda wire, _: protocol.from_browser(wire),
        )

    def validate(self, obj: Any, value: Any) -> Any:
        """See that both are there.

        Raises:
            TypeError: it is something else.
        """
        if value is None:
            return None
        if not isinstance(value, Mapping) or value.keys() != {"key", "at"}:
            raise TypeError(
                f"{type(obj).__name__}.{self.name} takes None or a key and a value, as in "
                f"{{'key': 'width', 'at': 640}}, not {brief(value)}"
            )
        return frozen(dict(value), f"grid.{self.name}")
