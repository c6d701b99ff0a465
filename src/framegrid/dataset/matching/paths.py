"""The one spelling of a path, which paths are absolute, and the folder that files share."""

import ntpath
import os
import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa

from framegrid import remote
from framegrid.dataset.matching.spelling import each, from_file_url, respelled

_ODD = r"^[^/]|//|/\.{1,2}(?:/|$)|/$"
"""Found in all paths that may be spelled otherwise; links are not looked at."""

_OF_OTHERS = r"\\|^//|[^\x00-\x7F]"
"""Found in all paths that may be written as another system writes them."""

_MANY = 10_000
_LOOKED_AT = 64  # of many paths, to tell whether to look at all of them

_LONG = re.compile(r"\\\\[?.]\\(UNC\\)?", re.IGNORECASE)
_OWN_PART = re.compile(r"parquet://image/\d+::.*\.images[/\\]\d{4,}\.parquet$", re.DOTALL)


def is_absolute(path: str | os.PathLike[str]) -> bool:
    """Whether a path begins at a root, also at a drive or a share of another machine."""
    return os.path.isabs(path) or remote.is_of_windows(os.fspath(path))  # noqa: PTH117 - a Path is slow


def local_path(path: str) -> str:
    """The path here that a ``file:`` URL, or one that starts with ``~``, is of; others as given."""
    if path[:6].lower() == "file:/":  # as Spark writes file:///photos/a.jpg
        return from_file_url(unquote(path))
    return os.path.expanduser(path) if path.startswith("~/") else path  # noqa: PTH111 - far faster


def all_located(paths: pa.Array) -> pa.Array:
    """The one spelling of paths and URLs as samples have them, see ``located``: (M,).

    Of very many paths a few tell whether their files are looked for: a network disk may be slow.
    """
    return respelled(all_absolute(paths), _OF_OTHERS, _all_here)


def all_absolute(paths: pa.Array) -> pa.Array:
    """The same without a look at any file: (M,)."""
    return respelled(paths, _ODD, each(_absolute))


def located(path: str) -> str:
    """The one spelling of all that a path may have: absolute, without dots and doubled separators.

    Of Windows, the drive is a capital letter. A link on the way is part of the name.
    """
    path = _absolute(path)
    return _here(path) if re.search(_OF_OTHERS, path) else path


def _absolute(path: str) -> str:
    path = local_path(path)
    if remote.is_part(path):
        return of_container(located, path)
    if remote.is_web(path):
        return remote.web_spelled(path)
    if remote.is_url(path):
        return remote.canonical(path) if remote.is_object(path) else path
    return _of_windows(path) if remote.is_of_windows(path) else os.path.abspath(path)  # noqa: PTH100


def _all_here(paths: pa.Array) -> pa.Array:
    if len(paths) > _MANY:
        some = paths.take(pa.array(range(0, len(paths), len(paths) // _LOOKED_AT)))
        if each(_here)(some).equals(some):
            return paths
    return each(_here)(paths)


def _of_windows(path: str) -> str:
    path = ntpath.normpath(_LONG.sub(lambda start: "\\\\" if start[1] else "", path))
    return path[0].upper() + path[1:]


def _here(path: str) -> str:
    """The file here that a path means as another system writes it, unless there is one as given.

    Windows has other separators, macOS decomposes letters with accents.
    """
    if remote.is_url(path) or remote.is_of_windows(path):
        return path
    slashed = path.replace("\\", "/") if os.sep == "/" else path
    slashed = "/" + slashed.lstrip("/") if slashed.startswith("//") else slashed
    forms = [unicodedata.normalize(form, slashed) for form in ("NFC", "NFD")]
    as_given = [] if path.startswith("//") else [path]
    return next(filter(os.path.lexists, [*as_given, slashed, *forms]), path)


def of_container(respell: Callable[[str], str], path: str) -> str:
    """A locator of a part with the path of what it is in respelled; of none that can be opened."""
    container = remote.container_of(path)
    return path if container == path else remote.with_container(path, respell(container))


def as_file(path: str) -> str:
    """The path that a part of a file would have if that were a folder; others as they are."""
    container = remote.container_of(path := remote.without_query(path))
    return path if container == path else f"{container}/{remote.parse(path).inside}"


def is_kept_by_dataset(path: str) -> bool:
    """Whether an image is in memory, or beside a dataset in a part of its own: no file of its own.

    What it is called then is the sample's to say.
    """
    return remote.is_unsaved(path) or _OWN_PART.match(path) is not None


def common_folder(paths: Sequence[str]) -> Path | None:
    """The deepest folder that holds all files; None if there is none, as on two drives."""
    try:
        return Path(os.path.commonpath({os.path.dirname(as_file(path)) for path in paths}))  # noqa: PTH120
    except ValueError:
        return None


def relative(path: str, root: Path | None) -> str:
    """A path from `root` on, with ``/``; the name alone without a root.

    Raises:
        ValueError: it is not inside `root`.
    """
    whole = Path(as_file(path))
    return whole.name if root is None else whole.relative_to(root).as_posix()
