"""What an expression may hold: the browser can send any text, and nothing else reaches pandas."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from framegrid.base import BUILTIN_COLUMNS, FilterError, KeyType, UnknownKeyError
from framegrid.filters.keys import resolve
from framegrid.filters.queries.column_names import column_text, number_text, plain_or_quoted
from framegrid.filters.queries.python_text import Source, quoted, read

_METHODS = frozenset(
    {
        *("isna", "isnull", "notna", "notnull", "isin", "between", "abs", "round"),
        *("min", "max", "mean", "median", "std", "quantile"),
    }
)
_ACCESSORS = {
    "str": frozenset(
        {
            *("contains", "startswith", "endswith", "match", "fullmatch", "count", "len"),
            *("lower", "upper", "casefold", "strip"),
        }
    ),
    "dt": frozenset(
        {
            *("year", "quarter", "month", "day", "hour", "minute", "second", "microsecond"),
            *("dayofweek", "dayofyear", "day_name", "month_name", "normalize"),
        }
    ),
}
_FUNCTIONS = frozenset({"abs", "sqrt", "exp", "log", "log10"})
_SYNTAX = (
    *(ast.BoolOp, ast.boolop, ast.UnaryOp, ast.unaryop, ast.BinOp, ast.Compare, ast.cmpop),
    *(ast.Name, ast.Constant, ast.List, ast.Tuple, ast.Call, ast.keyword, ast.Attribute, ast.Load),
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow),
)
_LARGEST_POWER = 100


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of an expression that are numbers inside dicts, or dotted names of columns.

    Attributes:
        columns: how pandas reads them.
        names: how people write them.
    """

    columns: dict[ast.expr, str] = field(default_factory=dict)
    names: dict[ast.expr, str] = field(default_factory=dict)


def check(source: Source, node: ast.expr, schema: Mapping[str, KeyType]) -> Parts:
    """Refuse what is not allowed in an expression or a part of it, and find its special parts.

    Raises:
        UnknownKeyError: there is no such key.
        FilterError: it does more than compare the values of keys.
    """
    checker = _Check(source, schema)
    checker.visit(node)
    return checker.parts


class _Check:
    def __init__(self, source: Source, schema: Mapping[str, KeyType]) -> None:
        self.parts = Parts()
        self._source = source
        self._schema = schema

    def visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.Name | ast.Attribute) and (name := dotted(node, self._schema)):
            self._name(node, name)
            return
        if isinstance(node, ast.Call) and (name := spelled_path(node)):
            self._name(node, name)
            return
        if not isinstance(node, _SYNTAX):
            raise self._refusal(node, "compare keys with values here")
        match node:
            case ast.Call(func=ast.Name(id=function)) if function in _FUNCTIONS:
                children: list[ast.AST] = [*node.args, *node.keywords]
            case ast.Call(func=ast.Attribute() as method):
                children = [self._called(method), *node.args, *node.keywords]
            case ast.Call():
                raise self._refusal(node, f"the functions are {_listed(_FUNCTIONS)}")
            case ast.Attribute():
                children = [self._called(node)]
            case ast.BinOp():
                self._arithmetic(node)
                children = [node.left, node.right]
            case _:
                children = list(ast.iter_child_nodes(node))
        for child in children:
            self.visit(child)

    def _name(self, node: ast.expr, name: str) -> None:
        if name in BUILTIN_COLUMNS:
            return
        try:
            target = resolve(name, self._schema)
        except UnknownKeyError as error:
            raise UnknownKeyError(f"{error} ({self._source.place(node)})") from None
        if target.path or not isinstance(node, ast.Name):
            column = column_text(target.column, self._schema)
            self.parts.columns[node] = number_text(column, target.path) if target.path else column
            is_dotted = all(step.isidentifier() for step in name.split("."))
            self.parts.names[node] = name if is_dotted else quoted(name)

    def _called(self, node: ast.Attribute) -> ast.AST:
        """The operand of a method, or of a property of an accessor."""
        match node.value:
            case ast.Attribute(value=operand, attr=accessor) if accessor in _ACCESSORS:
                if node.attr in _ACCESSORS[accessor]:
                    return operand
                raise self._refusal(node, f"after .{accessor} come {_listed(_ACCESSORS[accessor])}")
        if node.attr in _METHODS:
            return node.value
        raise self._refusal(node, f"the methods are {_listed(_METHODS)}, and those of .str and .dt")

    def _arithmetic(self, node: ast.BinOp) -> None:
        """Only with numbers, and no powers that never end."""
        for side in (node.left, node.right):
            if isinstance(side, ast.Constant) and type(side.value) not in {int, float}:
                raise self._refusal(side, "arithmetic takes numbers")
        if isinstance(node.op, ast.Pow):
            if isinstance(node.left, ast.Constant | ast.BinOp):
                raise self._refusal(node.left, "a power is of one key")
            match node.right:
                case ast.Constant(value=int(power) | float(power)) if power <= _LARGEST_POWER:
                    return
            raise self._refusal(node.right, f"a power is a number up to {_LARGEST_POWER}")

    def _refusal(self, node: Any, reason: str) -> FilterError:
        if not hasattr(node, "col_offset"):
            node = self._source.tree
        return self._source.error(node, f"this is not allowed here; {reason}")


def dotted(node: ast.AST, schema: Mapping[str, KeyType]) -> str | None:
    """The key that a name stands for, or a path of names into a dict, as in ``gps.lat``."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=step):
            path = f"{dotted(value, schema)}.{step}"
            return path if _leads_into_dict(path, schema) else None
    return None


def spelled_path(node: ast.expr) -> str | None:
    """The path to numbers inside dicts that ``number_text`` spells so."""
    root, path = _steps(node)
    if not path or ast.dump(read(number_text(plain_or_quoted(root), path)).tree) != ast.dump(node):
        return None
    return ".".join([root, *path])


def _steps(node: ast.expr) -> tuple[str, tuple[str, ...]]:
    """The root of a chain of methods, and what its ``get`` get."""
    match node:
        case ast.Name(id=root):
            return root, ()
        case ast.Call(
            func=ast.Attribute(value=ast.Attribute(value=value), attr="get"),
            args=[ast.Constant(value=str(step))],
        ):
            root, path = _steps(value)
            return root, (*path, step)
        case ast.Call(func=value) | ast.Attribute(value=value):
            return _steps(value)
    return "", ()


def _leads_into_dict(name: str, schema: Mapping[str, KeyType]) -> bool:
    try:
        resolve(name, schema)
    except UnknownKeyError:
        return False
    return True


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
