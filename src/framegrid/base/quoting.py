"""Values in messages: as Python writes them, and never more of them than anybody reads."""

import errno
import os
import re
from collections.abc import Iterable

LONGEST = 300
"""Characters of one value in a message."""

_SHOWN = 5
_LONGEST_NAME = 255


def brief(value: object, most: int = LONGEST) -> str:
    """Return the repr of a value, cut to `most` characters."""
    if isinstance(value, str | bytes) and len(value) > most:
        value = value[:most]
        return f"{repr(value)[: most - 3]}..."
    try:
        return cut(repr(value), most)
    except Exception:  # noqa: BLE001 - the message must survive whatever a repr does
        return f"<{type(value).__name__}>"


def cut(text: object, most: int = LONGEST) -> str:
    """Return a text, cut to `most` characters."""
    text = str(text)
    return text if len(text) <= most else f"{text[: most - 3]}..."


def check_name(path: str | os.PathLike[str]) -> None:
    """Refuse what no file system takes as a path, before an error quotes all of it.

    Raises:
        OSError: a part of it is too long for the name of a file.
    """
    text = os.fspath(path)
    if max(map(len, re.split(r"[/\\]", text))) > _LONGEST_NAME:
        message = "the name of a file has at most 255 characters; this is no path"
        raise OSError(errno.ENAMETOOLONG, message, cut(text))


def few(values: Iterable[object]) -> str:
    """Return the first few of `values` and how many there are more."""
    values = list(values)
    shown = ", ".join(brief(_plain(value)) for value in values[:_SHOWN])
    return shown if len(values) <= _SHOWN else f"{shown} and {len(values) - _SHOWN:,} more"


def _plain(value: object) -> object:
    """A value without the type that numpy puts around its numbers."""
    return value.item() if type(value).__module__ == "numpy" and hasattr(value, "item") else value
