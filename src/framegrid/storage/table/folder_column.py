"""The folders of images below the one that they share, derived from their paths."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_MEMBER = r"(?s)^(?:zip|tar)://(.*?)::(.*)$"
_ROW = r"(?s)^parquet://.*?::(.*)$"
_QUERY = r"(?s)^(https://[^?#]*)[?#].*$"
_OWN = r"(\.images)[/\\]\d{4,}\.parquet/$"
_UNSAVED = r"^unsaved://[^/]*/"
_BLOCK = 2**20
_OF_WINDOWS = r"^(?:[A-Za-z]:[\\/]|\\\\)"


def folders_of(paths: pa.Array) -> tuple[str, pa.Array]:
    """Derive where images are: the folder that all share, and the one of each from there.

    Of images in an archive that is its own root, of rows of a Parquet file the file; those beside
    a dataset lie in one folder, and so do those in memory.

    Args:
        paths: (N,) paths and URLs of images.

    Returns:
        The shared folder with a slash behind it, ``""`` if there is none; and (N,) folders below
        it, with ``/`` between their parts, ``""`` for images that lie in it.
    """
    places, archive = _places(paths)
    root = _shared(places)
    if archive and root.startswith(archive):
        root = archive
    if _counted(places, "/") == len(places) * root.count("/"):
        return root, pa.repeat(pa.scalar("", places.type), len(places))
    parts = pc.split_pattern(places, "/", max_splits=1, reverse=True)  # a tenth of a regex's time
    has_folder = pc.fill_null(pc.equal(pc.list_value_length(parts), 2), False)
    folders = pc.if_else(has_folder, pc.list_element(parts, 0), "")
    return root, pc.utf8_slice_codeunits(folders, len(root))


def _places(paths: pa.Array) -> tuple[pa.Array, str]:
    """Write all paths as those of files, and give the archive of the first that is in one."""
    archive = ""
    if not (_counted(paths, ":") or _counted(paths, "\\")):
        return paths, archive
    if pc.any(pc.match_substring(paths, "::")).as_py():
        members = paths.filter(pc.match_substring_regex(paths, _MEMBER))
        if len(members):
            archive = members[0].as_py().partition("::")[2] + "/"
        paths = pc.replace_substring_regex(paths, _MEMBER, r"\2/\1")
        paths = pc.replace_substring_regex(paths, _ROW, r"\1/")
        paths = pc.replace_substring_regex(paths, _OWN, r"\1/")
    if pc.any(pc.starts_with(paths, "https://")).as_py():  # keys can be behind a question mark
        paths = pc.replace_substring_regex(paths, _QUERY, r"\1")
    if pc.any(pc.starts_with(paths, "unsaved:")).as_py():
        paths = pc.replace_substring_regex(paths, _UNSAVED, "/unsaved/")
    if pc.any(pc.match_substring(paths, "\\")).as_py():
        foreign = pc.match_substring_regex(paths, _OF_WINDOWS)
        paths = pc.if_else(foreign, pc.replace_substring(paths, "\\", "/"), paths)
    return paths, archive


def _counted(texts: pa.Array, character: str) -> int:
    """How often an ASCII character occurs in texts: much sooner than which have it; -1 for unknown.

    It also counts those of other texts in the same memory: never too few.
    """
    if texts.type not in {pa.string(), pa.large_string()} or texts.offset:
        return -1
    _, _, data = texts.buffers()
    if data is None:
        return 0
    letters = np.frombuffer(data, np.uint8)
    blocks = (letters[start : start + _BLOCK] for start in range(0, len(letters), _BLOCK))
    return sum(int(np.count_nonzero(block == ord(character))) for block in blocks)


def _shared(places: pa.Array) -> str:
    ends = pc.min_max(places).as_py()
    first, last = ends["min"] or "", ends["max"] or ""
    pairs = enumerate(zip(first, last, strict=False))
    shorter = min(len(first), len(last))
    same = next((place for place, (one, other) in pairs if one != other), shorter)
    return first[: first.rfind("/", 0, same) + 1]
