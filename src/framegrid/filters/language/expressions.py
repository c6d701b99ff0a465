"""Filters as text for ``DataFrame.query``."""

from collections.abc import Mapping
from typing import Any

from framegrid.base import KeyType
from framegrid.filters.conditions.conditions import INFINITIES, QUERY, Condition
from framegrid.filters.keys import resolve
from framegrid.filters.queries import queries
from framegrid.filters.queries.column_names import REPRS, column_text, literal_text, number_text
from framegrid.filters.queries.python_text import read


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
    terms = [_spelled(key, condition, schema) for key, condition in filters.items()]
    return " and ".join(
        f"({term})" if " or " in term and len(terms) > 1 else term for term in terms
    )


def _spelled(key: str, condition: Condition, schema: Mapping[str, KeyType]) -> str:
    if key == QUERY:
        return queries.to_pandas(read(condition["query"]), schema)
    target = resolve(key, schema)
    operand = column_text(target.column, schema)
    if target.path:
        operand = number_text(operand, target.path)
    return term(operand, condition, target.type)


def term(operand: str, condition: Condition, key_type: KeyType) -> str:
    """Spell a condition on what `operand` gives."""
    match condition:
        case {"in": wanted} if key_type == "list":
            return (
                " or ".join(
                    f"{operand}.isna()" if value is None else _has_element(operand, value)
                    for value in wanted
                )
                or f"{operand} in []"
            )
        case {"in": wanted}:
            return _is_in(operand, wanted)
        case {"contains": part} if key_type == "list":
            return _has_element(operand, part)
        case {"contains": part}:
            part = literal_text(part.casefold())
            return f"{operand}.str.casefold().str.contains({part}, regex=False, na=False)"
        case {"under": folder}:
            inside = f"{operand}.str.startswith({literal_text(f'{folder}/')})"
            return f"{operand} == {literal_text(folder)} or {inside}"
        case _:
            missing = f" or {operand}.isna()" if condition["missing"] else ""
            return _is_within(operand, condition) + missing


def _is_in(operand: str, wanted: list[Any]) -> str:
    listed = ", ".join(literal_text(value) for value in wanted if value is not None)
    terms = [f"{operand} in [{listed}]"] if listed or not wanted else []
    return " or ".join([*terms, f"{operand}.isna()"] if None in wanted else terms)


def _has_element(operand: str, element: Any) -> str:
    elements = f"{operand}.explode()"
    if isinstance(element, str):
        found = f"({elements} == {literal_text(element)})"
    else:
        found = f"{elements}.{REPRS}.isin({_spellings(element)})"
    return f"{found}.groupby(level=0).any()"


def _spellings(element: float) -> list[str]:
    """Every repr that a number has as an element, or a boolean, which is no number."""
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
    if bound in INFINITIES:
        return str(bound).replace("inf", "1e999")
    if isinstance(bound, str):
        return literal_text(bound.replace(".000000", ""))
    return repr(bound).removesuffix(".0")
