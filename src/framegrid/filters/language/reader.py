"""A part of an expression as a condition on one key, where one can say it."""

import ast
import math
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pandas as pd

from framegrid.base import FilterError, KeyType, UnknownKeyError
from framegrid.filters.conditions.conditions import Condition, Filters, condition
from framegrid.filters.keys import FilterKey, is_folder, resolve
from framegrid.filters.language.algebra import both, either
from framegrid.filters.language.expressions import term
from framegrid.filters.queries.allowed import dotted, spelled_path
from framegrid.filters.queries.column_names import plain_or_quoted
from framegrid.filters.queries.python_text import literal, read

_Found = tuple[FilterKey, Condition] | None
_Combine = Callable[[Condition, Condition, KeyType], Condition | None]

_INFINITE = (math.inf, -math.inf)

_MIRRORED: dict[type[ast.cmpop], ast.cmpop] = {
    ast.Lt: ast.Gt(),
    ast.LtE: ast.GtE(),
    ast.Gt: ast.Lt(),
    ast.GtE: ast.LtE(),
    ast.Eq: ast.Eq(),
    ast.NotEq: ast.NotEq(),
}
_SIDES: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("max",),
    ast.LtE: ("max",),
    ast.Gt: ("min",),
    ast.GtE: ("min",),
    ast.Eq: ("min", "max"),
}


class Reader:
    """Reads parts of an expression as conditions."""

    def __init__(self, schema: Mapping[str, KeyType]) -> None:
        self._schema = schema

    def added(self, filters: Filters, part: ast.expr) -> tuple[str, Condition | None]:
        """The condition on a key that says a part too, besides what `filters` say of the key."""
        found = self._read(part)
        if found is None:
            return "", None
        key, given = found
        so_far = filters.get(key.name)
        return key.name, given if so_far is None else both(so_far, given, key.type)

    def _read(self, node: ast.expr) -> _Found:
        try:
            return self._condition(node) or self._own(node)
        except FilterError:
            raise
        except (UnknownKeyError, TypeError, ValueError, OverflowError):
            return None  # whether it is wrong, or only too much for this, pandas will tell

    def _condition(self, node: ast.expr) -> _Found:
        match node:
            case ast.BoolOp(op=op, values=values):
                parts = [self._read(value) for value in values]
                return self._combined(parts, either if isinstance(op, ast.Or) else both)
            case ast.Compare():
                return self._chain(node)
            case ast.UnaryOp(op=ast.Not() | ast.Invert(), operand=operand):
                return self._negated(operand)
            case ast.Call(func=ast.Attribute(value=operand, attr=method), args=args, keywords=[]):
                return self._called(operand, method, args)
            case ast.Name():
                return self._given(node, {"in": [True]}, "boolean")
        return None

    def _chain(self, node: ast.Compare) -> _Found:
        pairs = zip(pairwise([node.left, *node.comparators]), node.ops, strict=True)
        return self._combined([self._compared(one, op, other) for (one, other), op in pairs], both)

    def _combined(self, found: list[_Found], combine: _Combine) -> _Found:
        if not found or None in found:
            return None
        (key, so_far), *others = [one for one in found if one]
        for other, given in others:
            merged = combine(so_far, given, key.type) if other == key else None
            if merged is None:
                return None
            so_far = merged
        return key, so_far

    def _negated(self, node: ast.expr) -> _Found:
        match node:
            case ast.Call(func=ast.Attribute(value=operand, attr="isna" | "isnull"), args=[]):
                return self._called(operand, "notna", [])
            case ast.Call(func=ast.Attribute(value=operand, attr="notna" | "notnull"), args=[]):
                return self._called(operand, "isna", [])
        return self._given(node, {"in": [False]}, "boolean")

    def _called(self, operand: ast.expr, method: str, args: list[ast.expr]) -> _Found:
        match method, args:
            case "isna" | "isnull", []:
                return self._given(operand, {"in": [None]})
            case "notna" | "notnull", []:
                return self._given(operand, {"min": None, "max": None})
            case "isin", [wanted]:
                return self._compared(operand, ast.In(), wanted)
            case "between", [low, high]:
                found = [
                    self._compared(operand, ast.GtE(), low),
                    self._compared(operand, ast.LtE(), high),
                ]
                return self._combined(found, both)
        return None

    def _compared(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> _Found:
        if isinstance(left, ast.Constant | ast.UnaryOp):
            if isinstance(op, ast.In):
                return self._given(right, {"contains": literal(left)}, "list")
            left, op, right = right, _MIRRORED[type(op)], left
        value = literal(right)
        match self._key(left).type, op:
            case "string" | "boolean", ast.Eq() | ast.In():
                return self._given(left, {"in": value if isinstance(value, list) else [value]})
            case "boolean", ast.NotEq() if isinstance(value, bool):
                return self._given(left, {"in": [not value]})
            case "integer" | "float" | "datetime" | "datetime_utc", _:
                return self._bounded(left, op, value)
        return None

    def _bounded(self, operand: ast.expr, op: ast.cmpop, value: Any) -> _Found:
        key = self._key(operand)
        if isinstance(value, list | tuple) or (key.type == "integer" and value in _INFINITE):
            return None
        if key.type in {"datetime", "datetime_utc"} and isinstance(value, str):
            value = pd.Timestamp(value).to_pydatetime()
        sides = _SIDES.get(type(op), ())
        if isinstance(op, ast.Lt | ast.Gt):
            value = _beside(value, key.type, -1 if isinstance(op, ast.Lt) else 1)
        return self._combined([self._given(operand, {side: value}) for side in sides], both)

    def _given(self, operand: ast.expr, given: Condition, only: KeyType | None = None) -> _Found:
        key = self._key(operand)
        if key.type == "dict" or only not in {None, key.type}:
            return None
        full = condition(key.name, given, self._schema)
        return None if full is None else (key, full)

    def _key(self, node: ast.expr) -> FilterKey:
        """The key that an operand stands for, by its name or as ``query`` spells a path."""
        name = dotted(node, self._schema) or spelled_path(node)
        if name:
            return resolve(name, self._schema)
        raise ValueError("no key")

    def _own(self, node: ast.expr) -> _Found:
        """What ``query`` itself spells, and nobody would write."""
        roots = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        if len(roots) != 1:
            return None
        key = resolve(roots.pop(), self._schema)
        for part in ast.walk(node):
            if key.type in {"string", "list"} and isinstance(part, ast.Constant):
                for given in self._spelled_by(key, part.value):
                    if _same(term(plain_or_quoted(key.name), given, key.type), node):
                        return key, given
        return None

    def _spelled_by(self, key: FilterKey, constant: Any) -> list[Condition]:
        """The conditions that may have a constant in their spelling."""
        found: list[Condition] = [{"contains": v} for v in _readings(constant, key.type)]
        if is_folder(key.name, self._schema) and isinstance(constant, str):
            found.append({"under": constant})
        return found


def _beside(value: Any, key_type: KeyType, direction: int) -> Any:
    """The next value that a key of a type can have.

    Raises:
        ValueError: there is none.
    """
    if isinstance(value, datetime):
        return value + direction * timedelta.resolution
    if type(value) not in {int, float}:
        return value
    if value == direction * math.inf:
        raise ValueError("nothing lies beyond infinity")
    if key_type == "integer":
        return math.floor(value) + 1 if direction > 0 else math.ceil(value) - 1
    exact = float(value) == value
    return math.nextafter(value, direction * math.inf) if exact else value


def _readings(value: Any, key_type: KeyType) -> list[Any]:
    """What a constant in a spelled condition may stand for: itself, or the number it is of."""
    if not isinstance(value, str) or key_type == "string":
        return [value] if isinstance(value, str) else []
    try:
        return [value, ast.literal_eval(value)]
    except (ValueError, SyntaxError):
        return [value]


def _same(spelled: str, node: ast.expr) -> bool:
    return ast.dump(read(spelled).tree) == ast.dump(node)
