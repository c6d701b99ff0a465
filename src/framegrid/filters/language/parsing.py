"""Filters as people write them: ``blur < 0.3 and weather == 'rain'``.

What one condition on one key can say becomes that condition, and so moves a slider; the rest stays
an expression.
"""

import ast
from collections.abc import Mapping

from framegrid.base import KeyType
from framegrid.filters.conditions.conditions import QUERY, Filters, normalise
from framegrid.filters.language.reader import Reader
from framegrid.filters.queries.allowed import check
from framegrid.filters.queries.python_text import read


def parse(text: str, schema: Mapping[str, KeyType]) -> Filters:
    """Read an expression in the language of ``DataFrame.query``.

    Args:
        text: such as ``"0.1 < blur <= 0.3 and weather in ['rain', 'fog']"``; names that are no
            identifiers stand in backticks, numbers inside dicts are ``gps.lat``.
        schema: type by metadata key.

    Returns:
        Filters as ``normalise`` gives them. What no condition on one key can say stands under the
        empty key, as ``{"query": text}``.

    Raises:
        UnknownKeyError: it speaks of a key that there is not.
        FilterError: it is no such expression; the message names the place.
    """
    if not text.strip():
        return {}
    source, reader = read(text), Reader(schema)
    filters: Filters = {}
    rest: list[ast.expr] = []
    for part in _parts(source.tree):
        name, merged = reader.added(filters, part)
        if merged is None:
            check(source, part, schema)
            rest.append(part)
        else:
            filters[name] = merged
    if rest:
        texts = [source.text(part) for part in rest]
        enclosed = [
            f"({text})" if _is_or(part) else text for text, part in zip(texts, rest, strict=True)
        ]
        filters[QUERY] = {"query": " and ".join(enclosed if rest[1:] else texts)}
    return normalise(filters, schema)


def _parts(node: ast.expr) -> list[ast.expr]:
    """What ``and`` combines."""
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return [part for value in values for part in _parts(value)]
    return [node]


def _is_or(node: ast.expr) -> bool:
    return isinstance(node, ast.BoolOp)
