"""One spelling for the many that a path can have, for whole columns of paths."""

import os
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc

from framegrid import remote

Respell = Callable[[pa.Array], pa.Array]

Step = tuple[str, Respell]
"""A pattern, and how to respell the texts in which it is found."""

_ROOT = r"^(?:/+|[A-Z]:/|[A-Za-z][A-Za-z0-9+.-]+://)"
"""What an absolute path begins with; servers, buckets and hosts are parts like folders."""

_START = re.compile(r"([A-Za-z]:)?/+|[A-Za-z][A-Za-z0-9+.-]+://")
_DOTS = r"[^:/]/\.{0,2}(?:/|$)|^/\.{1,2}(?:/|$)|^///|^[A-Z]:/\.{0,2}/"
_OF_WINDOWS = r"^(?:[A-Za-z]:[\\/]|\\\\)"


def spelled(paths: pa.Array, *, held: bool = False) -> pa.Array:
    r"""Paths with ``/`` between their parts, and without dots and what is around a path.

    ``C:\photos\a.jpg``, ``file:///C:/photos/a.jpg`` and ``c:/photos/./a.jpg`` come out the same, as
    do ``images\1/a.jpg`` and ``../images/1/a.jpg``. A member of an archive is written as if the
    archive were a folder.

    Args:
        paths: (M,) texts.
        held: they are paths of samples, in which a backslash can be part of a name.
    """
    backslash = _OF_WINDOWS if held and os.sep == "/" else r"\\"
    steps = (_PART, (backslash, _with_slashes), *_STEPS)
    return respelled(paths, "|".join(pattern for pattern, _ in steps), partial(_in_steps, steps))


def _in_steps(steps: Sequence[Step], paths: pa.Array) -> pa.Array:
    for pattern, respell in steps:
        paths = respelled(paths, pattern, respell)
    return paths


def decoded(texts: pa.Array) -> pa.Array:
    """Texts in the composed form of Unicode, with percent spelling read: ``%C3%A9`` is ``é``."""
    texts = respelled(texts, "%[0-9A-Fa-f]{2}", each(_unquoted))
    is_plain = pc.all(pc.string_is_ascii(texts)).as_py()
    return texts if is_plain else pc.utf8_normalize(texts, "NFC")


def are_absolute(paths: pa.Array) -> pa.Array:
    """Whether spelled paths begin at a root, a drive or a server."""
    return pc.match_substring_regex(paths, _ROOT)


def without_root(paths: pa.Array) -> pa.Array:
    """Spelled paths from behind the sign of their root: ``photos/a.jpg`` of ``C:/photos/a.jpg``."""
    return pc.replace_substring_regex(paths, _ROOT, "", max_replacements=1)


def parts_of(paths: pa.Array) -> pa.Array:
    """How many parts spelled paths have: 2 in ``cats/001.jpg``."""
    return pc.add(pc.count_substring(paths, "/"), 1)


def ends_of(paths: pa.Array, count: int) -> pa.Array:
    """The last `count` parts of spelled paths; null for those that have fewer."""
    pattern = rf"(?P<end>[^/]*(?:/[^/]*){{{count - 1}}})$"
    return pc.struct_field(pc.extract_regex(paths, pattern), "end")


def respelled(texts: pa.Array, pattern: str, respell: Respell) -> pa.Array:
    """Respell those texts in which a pattern is found; most columns have none."""
    found = pc.fill_null(pc.match_substring_regex(texts, pattern), False)
    if not pc.any(found).as_py():
        return texts
    if pc.all(found).as_py():
        return respell(texts)
    return pc.replace_with_mask(texts, found, respell(texts.filter(found)))


def each(respell: Callable[[str], str]) -> Respell:
    """The function that respells texts one by one."""
    return lambda texts: pa.array(map(respell, texts.to_pylist()), texts.type)


def _replaced(pattern: str, replacement: str) -> Step:
    return pattern, lambda texts: pc.replace_substring_regex(texts, pattern, replacement)


def _with_slashes(texts: pa.Array) -> pa.Array:
    return pc.replace_substring(texts, "\\", "/")


def _unquoted(text: str) -> str:
    with suppress(UnicodeDecodeError):
        return unquote(text, errors="strict")
    return text


def from_file_url(url: str) -> str:
    """The path that a ``file:`` URL is of, with the percent spelling that it has."""
    path = url[len("file:") :]
    if path.startswith("//"):
        host, _, rest = path[2:].partition("/")
        path = f"/{rest}" if host in {"", "localhost"} else f"//{host}/{rest}"
    return path[1:] if re.match(r"/[A-Za-z]:/", path) else path


def _from_home(path: str) -> str:
    return Path.home().as_posix() + path[1:]


def _without_dots(path: str) -> str:
    """Resolve the dots in a path by its text alone: a link on it is not known here."""
    match = _START.match(path)
    start = match[0] if match else ""
    parts: list[str] = []
    for part in path[len(start) :].split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in {"", "."}:
            parts.append(part)
    return _one_slash(start) + "/".join(parts)


def _one_slash(start: str) -> str:
    """Write the start of a path with the slashes that it needs; two begin a share."""
    return start if start == "//" or "://" in start[2:] else start.rstrip("/") + "/" * bool(start)


def _canonical(url: str) -> str:
    return url if "@" in url else remote.canonical(url)


_PART = _replaced(remote.PART, r"\2/\1")
_STEPS: tuple[Step, ...] = (
    (r"^(?i:s3a|gcs|abfss?)://", each(_canonical)),
    (r"^(?i:file):/", each(from_file_url)),
    _replaced(r"^//[?.]/UNC/", "//"),
    _replaced(r"^//[?.]/", ""),
    ("^~/", each(_from_home)),
    ("^[a-z]:/", each(lambda path: path[0].upper() + path[1:])),
    _replaced(r"^(?:\.{1,2}/+)+", ""),
    (_DOTS, each(_without_dots)),
)
