"""Filter expressions as text: read into a syntax tree, with errors that name the place."""

import ast
import re
from dataclasses import dataclass
from typing import Any

from framegrid.base import FilterError, brief

_NAME = "FRAMEGRID_NAME_{}_"
_NAMES = re.compile(_NAME.format(r"(\d+)"))
_TOKENS = re.compile(
    r"""(?P<text>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")|`(?P<name>(?:[^`]|``)+)`|\s*(?P<other>[&|\n])\s*"""
)
_WORDS = {"&": " and ", "|": " or ", "\n": " "}


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """An expression and its tree.

    Attributes:
        tree: the expression; names are keys as they are, whatever characters they hold.
        python: the text that was parsed, one line, names in backticks replaced by identifiers.
        names: those names, by number.
    """

    tree: ast.expr
    python: str
    names: list[str]

    def text(self, node: ast.expr | None = None) -> str:
        """The expression, or a part of it, as it was written; ``&`` and ``|`` are words by now."""
        start, stop = (0, None) if node is None else (node.col_offset, node.end_col_offset)
        return self._restored(self.python.encode()[start:stop].decode())

    def error(self, node: ast.expr, reason: str) -> FilterError:
        """Say what is wrong with a part of the expression."""
        return _error(self.text(), reason, self.place(node))

    def place(self, node: ast.expr) -> str:
        """Where a part of the expression stands in it."""
        start = len(self._restored(self.python.encode()[: node.col_offset].decode()))
        return _place(self.text(), start)

    def replaced(self, parts: dict[ast.expr, str]) -> str:
        """The expression with other text in the place of some of its parts."""
        text = self.python.encode()
        for node in sorted(parts, key=lambda node: node.col_offset, reverse=True):
            rest = text[node.end_col_offset :]
            text = text[: node.col_offset] + parts[node].encode() + rest
        return self._restored(text.decode())

    def _restored(self, python: str) -> str:
        return _restored(python, self.names)


def read(text: str) -> Source:
    """Parse an expression of ``DataFrame.query``.

    Raises:
        FilterError: it is none; the message says at which character.
    """
    names: list[str] = []
    python = _TOKENS.sub(lambda match: _replace(match, names), text).strip()
    try:
        tree = ast.parse(python, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        offset = getattr(error, "offset", None)
        start = len(_restored(python[: offset - 1] if offset else python, names))
        reason = getattr(error, "msg", None) or str(error) or "it is too deep"
        whole = _restored(python, names)
        raise _error(whole, reason, _place(whole, start)) from None
    source = Source(tree, python, names)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            # As written: Python reads letters such as `µ` as others.
            match = _NAMES.fullmatch(node.id)
            node.id = names[int(match[1])] if match else source.text(node)
    return source


def literal(node: ast.expr) -> Any:
    """The value of a constant, or of a list of them.

    Raises:
        ValueError: it is none.
    """
    return ast.literal_eval(node)


def quoted(name: str) -> str:
    """A name in backticks."""
    return f"`{name.replace('`', '``')}`"


def _replace(match: re.Match[str], names: list[str]) -> str:
    if match["name"]:
        names.append(match["name"].replace("``", "`"))
        return _NAME.format(len(names) - 1)
    return match["text"] or _WORDS[match["other"]]


def _restored(python: str, names: list[str]) -> str:
    return _NAMES.sub(lambda match: quoted(names[int(match[1])]), python)


def _error(text: str, reason: str, place: str) -> FilterError:
    return FilterError(f"cannot filter by {brief(text)}: {reason} ({place})")


def _place(text: str, start: int) -> str:
    return (
        f"at character {start + 1}, {text[start : start + 20]!r}" if text[start:] else "at its end"
    )
