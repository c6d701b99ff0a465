"""What stands on a key that gets another name, under that name."""

import ast
from collections.abc import Collection, Iterable

from framegrid.filters.conditions.conditions import QUERY, Filters
from framegrid.filters.queries.column_names import plain_or_quoted
from framegrid.filters.queries.python_text import read

Renames = Iterable[tuple[str, str]]
"""Old and new names of metadata keys, in the order in which they were given."""


def renamed(name: str, renames: Renames, columns: Collection[str]) -> str:
    """The present name of a key; a number inside a dict goes along with it.

    Args:
        name: the name that it had before.
        renames: since then.
        columns: the metadata keys that there are now.
    """
    for old, new in renames:
        if name == old:
            name = new
        elif name.startswith(f"{old}.") and name not in columns:
            name = new + name.removeprefix(old)
    return name


def carried(filters: Filters, renames: Renames, columns: Collection[str]) -> Filters:
    """Filters under the present names of their keys, expressions included; see ``renamed``."""
    renames = tuple(renames)
    moved = {renamed(key, renames, columns): given for key, given in filters.items()}
    if renames and QUERY in moved:
        moved[QUERY] = {"query": _respelled(moved[QUERY]["query"], renames, columns)}
    return moved


def _respelled(text: str, renames: Renames, columns: Collection[str]) -> str:
    source = read(text)
    functions = {node.func for node in ast.walk(source.tree) if isinstance(node, ast.Call)}
    names: dict[ast.expr, str] = {
        node: plain_or_quoted(renamed(node.id, renames, columns))
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Name) and node not in functions
    }
    return source.replaced(names)
