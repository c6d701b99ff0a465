"""Values of traits: dicts and lists that refuse to be changed in place, and say what to write.

A change in place would reach neither the trait's check nor the browser.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

# Longer values are left out of the line that is to be written instead.
LONGEST_SHOWN = 80

Assignment = Callable[[str], str]
"""The statement that sets a value to what an expression gives."""


class _Frozen:
    """What frozen dicts and lists have in common.

    Attributes:
        _place: how the value is written, such as ``grid.filters['blur']``.
        _assigned: the statement that sets it.
    """

    _place: str
    _assigned: Assignment

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Pickle and copy as plain dicts and lists, which may be changed."""
        plain = thawed(self)
        return type(plain), (plain,)


def _refused(expression: Callable[..., str]) -> Any:
    """A method that refuses, and says what to assign.

    Args:
        expression: spells what the change would make, given how the value is written, the value,
            and the arguments of the method.
    """

    def refuse(self: Any, *args: Any, **named: Any) -> NoReturn:
        raise TypeError(
            f"{self._place} cannot be changed in place, for the grid would not hear of it: "
            f"write {self._assigned(expression(self._place, self, *args, **named))}"
        )

    return refuse


def _without(place: str, _: Any, key: Any, *_default: Any) -> str:
    return f"{{k: v for k, v in {place}.items() if k != {key!r}}}"


def _sorted(place: str, _: Any, *, key: Any = None, reverse: bool = False) -> str:
    options = "..., " * (key is not None) + "reverse=True" * reverse
    return f"sorted({place}{options and f', {options}'})"


class FrozenDict(_Frozen, dict[str, Any]):
    """A dict that equals a plain one, is JSON as it is, and raises when it is changed in place."""

    def __init__(self, items: Mapping[str, Any], place: str, assigned: Assignment) -> None:
        self._place, self._assigned = place, assigned
        super().__init__(
            {
                key: frozen(value, f"{place}[{key!r}]", self._with(key))
                for key, value in items.items()
            }
        )

    def _with(self, key: str) -> Assignment:
        return lambda new: self._assigned(f"{{**{self._place}, {key!r}: {new}}}")

    def copy(self) -> dict[str, Any]:
        """A plain copy, of what is inside too."""
        plain: dict[str, Any] = thawed(self)
        return plain

    def __ior__(self, other: Any) -> Any:  # type: ignore[misc]
        """Make a plain dict for ``grid.filters |= {...}``, which assigns it."""
        return self.copy() | dict(other)

    __setitem__ = setdefault = _refused(
        lambda place, _, key, value=None: f"{{**{place}, {key!r}: {_shown(value)}}}"
    )
    update = _refused(
        lambda place, _, *args, **items: f"{{**{place}, **{_shown(dict(*args, **items))}}}"
    )
    __delitem__ = pop = _refused(_without)
    popitem = _refused(lambda place, own: _without(place, own, next(reversed(own), "")))
    clear = _refused(lambda *_: "{}")


class FrozenList(_Frozen, list[Any]):
    """A list that equals a plain one, is JSON as it is, and raises when it is changed in place."""

    def __init__(self, items: Iterable[Any], place: str, assigned: Assignment) -> None:
        self._place, self._assigned = place, assigned
        super().__init__(items)

    def copy(self) -> list[Any]:
        """A plain copy."""
        return list(self)

    def __iadd__(self, other: Iterable[Any]) -> Any:  # type: ignore[misc]
        """Make a plain list for ``grid.captions += [...]``, which assigns it."""
        return [*self, *other]

    __imul__ = _refused(lambda place, *_: f"list({place})")
    __setitem__ = _refused(lambda _, *change: _shown(_after(list.__setitem__, *change)))
    __delitem__ = pop = _refused(
        lambda _, own, index=-1: _shown(_after(list.__delitem__, own, index))
    )
    append = _refused(lambda place, _, item: f"[*{place}, {_shown(item)}]")
    extend = _refused(lambda place, _, items: f"[*{place}, *{_shown(list(items))}]")
    insert = _refused(
        lambda place, _, index, item: f"[*{place}[:{index}], {_shown(item)}, *{place}[{index}:]]"
    )
    remove = _refused(
        lambda place, _, item: f"[item for item in {place} if item != {_shown(item)}]"
    )
    clear = _refused(lambda *_: "[]")
    sort = _refused(_sorted)
    reverse = _refused(lambda place, _: f"{place}[::-1]")


def frozen(value: Any, place: str, assigned: Assignment | None = None) -> Any:
    """A value whose dicts and lists refuse to be changed in place.

    Args:
        value: of a trait, or something inside it.
        place: how it is written, such as ``grid.captions``.
        assigned: the statement that sets it; by default an assignment to `place`.
    """
    assigned = assigned or (lambda new: f"{place} = {new}")
    match value:
        case dict():
            return FrozenDict(value, place, assigned)
        case list():
            return FrozenList(value, place, assigned)
    return value


def thawed(value: Any) -> Any:
    """The same in plain dicts and lists."""
    match value:
        case dict():
            return {key: thawed(item) for key, item in value.items()}
        case list():
            return list(value)
    return value


def _after(change: Callable[..., Any], items: list[Any], *args: Any) -> list[Any]:
    changed = list(items)
    change(changed, *args)
    return changed


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else "..."
