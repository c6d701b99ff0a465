"""Filters as text for ``DataFrame.query``."""

from collections.abc import Mapping
from keyword import iskeyword
from typing import Any

import pandas as pd

from framegrid.errors import FilterError
from framegrid.filters.conditions import Condition
from framegrid.filters.keys import resolve
from framegrid.schema import BUILTIN_COLUMNS, KeyType

# pandas' query language has no lambda, no `repr` and no type tests; a bound method it has.
_REPRS = "map('{!r}'.format)"


def query(filters: Mapping[str, Condition], schema: Mapping[str, KeyType]) -> str:
    """Spell filters as a ``DataFrame.query`` expression that gives the same rows.

    Args:
        filters: as ``normalise`` gives them.
        schema: type by metadata key.

    Returns:
        The expression, empty when there is no filter.

    Raises:
        UnknownKeyError: if there is no such key.
        FilterError: if this version of pandas has no way to write a key's name. pandas 3 has one
            for nearly all names; pandas 2 lacks quotes, backticks, ``#``, backslashes and most
            symbols beyond ASCII. Both lack ``inf``, and letters that Python reads as others, as
            in ``µm``.
    """
    empty = pd.DataFrame(columns=[*BUILTIN_COLUMNS, *schema])
    terms = []
    for key, condition in filters.items():
        target = resolve(key, schema)
        operand = _column(target.column, empty)
        if target.path:
            operand = _number(operand, target.path)
        terms.append(_term(operand, condition, target.type))
    return " and ".join(
        f"({term})" if " or " in term and len(terms) > 1 else term for term in terms
    )


def _column(name: str, empty: pd.DataFrame) -> str:
    """Write a column's name, and see whether pandas reads that very column."""
    is_plain = name.isidentifier() and not iskeyword(name)
    text = name if is_plain else f"`{name.replace('`', '``')}`"
    # Twice and beside both kinds of quotes: pandas 2 pairs a quote in a name with the next one.
    probe = f"{text} == '' and {text} == \"\""
    try:
        if getattr(empty.eval(probe, engine="python"), "name", None) == name:
            return text
        reason = "pandas reads it as something else"
    except Exception as error:  # noqa: BLE001 - pandas raises all sorts, from SyntaxError to KeyError
        reason = str(error)
    raise FilterError(
        f"pandas {pd.__version__} cannot query the key {name!r} ({reason}); "
        "rename it, or take the filtered rows themselves"
    )


def _number(column: str, path: tuple[str, ...]) -> str:
    """Spell the numbers at a path inside a column's dicts, missing where there is no number."""
    item = f"{column}.str.get({_literal(path[0])})"
    for step in path[1:]:
        # `.str` refuses columns without strings or containers: let only dicts pass, or nothing.
        dicts = f"{item}.astype('object').where({item}.{_REPRS}.str[0] == '{{')"
        item = f"{dicts}.str.get({_literal(step)})"
    return f"{item}.{_REPRS}.str.extract('^(-?[0-9i].*)', expand=False).astype('float')"


def _term(operand: str, condition: Condition, key_type: KeyType) -> str:
    match condition:
        case {"in": wanted}:
            return _is_in(operand, wanted)
        case {"contains": part} if key_type == "list":
            return _has_element(operand, part)
        case {"contains": part}:
            part = _literal(part.casefold())
            return f"{operand}.str.casefold().str.contains({part}, regex=False, na=False)"
        case _:
            missing = f" or {operand}.isna()" if condition["missing"] else ""
            return _is_within(operand, condition) + missing


def _is_in(operand: str, wanted: list[Any]) -> str:
    listed = ", ".join(_literal(value) for value in wanted if value is not None)
    terms = [f"{operand} in [{listed}]"] if listed or not wanted else []
    return " or ".join([*terms, f"{operand}.isna()"] if None in wanted else terms)


def _has_element(operand: str, element: Any) -> str:
    elements = f"{operand}.explode()"
    if isinstance(element, str):
        found = f"({elements} == {_literal(element)})"
    else:
        found = f"{elements}.{_REPRS}.isin({_spellings(element)})"
    return f"{found}.groupby(level=0).any()"


def _spellings(element: float) -> list[str]:
    """Give every repr that a number has as an element, or a boolean, which is no number."""
    if isinstance(element, bool):
        return [repr(element)]
    numbers = (int(element), float(element), 0.0, -0.0)
    return sorted({repr(number) for number in numbers if number == element})


def _is_within(operand: str, condition: Condition) -> str:
    low, high = _bound(condition["min"]), _bound(condition["max"])
    if low and high:
        return f"{low} <= {operand} <= {high}"
    if low:
        return f"{operand} >= {low}"
    return f"{operand} <= {high}" if high else f"{operand}.notna()"


def _bound(bound: float | str | None) -> str:
    if bound is None:
        return ""
    if isinstance(bound, str):
        return _literal(bound.replace(".000000", ""))
    return repr(bound).removesuffix(".0")


def _literal(value: str | bool) -> str:
    # pandas 3 takes the quote after an escaped backslash for an escaped quote.
    return repr(value).replace("\\\\", r"\x5c")
