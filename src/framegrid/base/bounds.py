"""What decoding one picture may take, as the user chose it for this process."""

import operator
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

from framegrid.base.quoting import brief

_DEFAULTS = {"pixels": 256_000_000, "seconds": 10.0, "bytes": 2 << 30}

_LEAST = {"pixels": 1, "seconds": 0.01, "bytes": 1 << 28}
"""A worker process alone takes some hundred MB of addresses."""


class Limits:
    """What decoding one picture may take, here and in the processes that this one starts.

    A picture beyond a limit is in the dataset with its size; its tile names the limit.

    Attributes:
        pixels: the most pixels that are decoded; JPEG files are decoded smaller, where that is
            enough.
        seconds: how long decoding may take.
        bytes: how much memory the process that decodes may take.

    Example:
        ```python
        fg.limits.pixels = 500_000_000
        fg.limits.bytes = 8 << 30
        ```
    """

    pixels: int
    seconds: float
    bytes: int

    def __init__(self) -> None:
        self.set(_DEFAULTS)

    def __setattr__(self, name: str, value: Any) -> None:
        """Set one limit.

        Raises:
            AttributeError: there is no such limit.
            TypeError, ValueError: it is no number, or too small to decode anything.
        """
        if name not in _DEFAULTS:
            close = get_close_matches(name, _DEFAULTS, 1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise AttributeError(f"no limit {brief(name)}: there are {', '.join(_DEFAULTS)}{hint}")
        number = self._number(name, value)
        if not number >= _LEAST[name]:
            raise ValueError(f"limits.{name} = {brief(value)}: at least {_LEAST[name]:,} is needed")
        super().__setattr__(name, number)

    def __repr__(self) -> str:
        """Show all limits."""
        return ", ".join(f"{name} {value:,}" for name, value in self.as_dict().items())

    def as_dict(self) -> dict[str, Any]:
        """The limits by name, as ``set`` takes them."""
        return {name: getattr(self, name) for name in _DEFAULTS}

    def set(self, values: Mapping[str, Any]) -> None:
        """Set several limits."""
        for name, value in values.items():
            setattr(self, name, value)

    @staticmethod
    def _number(name: str, value: Any) -> float:
        try:
            return float(value) if name == "seconds" else operator.index(value)
        except (TypeError, ValueError) as error:
            kind = "a number" if name == "seconds" else "an integer"
            raise TypeError(f"limits.{name} is {kind}, not {str(value)[:100]!r}") from error


limits = Limits()
"""Those of this process."""

_bounded = {"memory": False}

_clocks: list[Callable[[float | None], object]] = []


def is_memory_bounded() -> bool:
    """Whether this process gets no more memory than the limit now."""
    return _bounded["memory"]


def set_memory_bounded(*, value: bool) -> None:
    """Note whether it does."""
    _bounded["memory"] = value


@contextmanager
def waiting(seconds: float) -> Iterator[None]:
    """Wait for something that has bounds of its own, such as a server, in the midst of decoding.

    The time that decoding may take begins anew thereafter.

    Args:
        seconds: how long at most.
    """
    for note in _clocks:
        note(seconds)
    try:
        yield
    finally:
        for note in _clocks:
            note(None)


def tell_waits(note: Callable[[float | None], object]) -> None:
    """Have a function told of each wait that begins, with its seconds, and ends, with None."""
    _clocks.append(note)


def exceeded(name: str) -> str:
    """Name a limit as it is now, for the reason why there is no picture."""
    value = limits.bytes / 1e6 if name == "bytes" else getattr(limits, name)
    unit = {"bytes": " MB", "seconds": " s", "pixels": ""}[name]
    return f"{value:,.10g}{unit} (fg.limits.{name})"
