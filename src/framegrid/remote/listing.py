"""Finding objects: one, those in a folder, or those that match a glob."""

from glob import has_magic

from framegrid.remote.filesystems import locate, told_of
from framegrid.remote.objects import status
from framegrid.remote.urls import canonical, split


def find(url: str, *, recursive: bool) -> list[str]:
    """List the objects at a URL: one object, or those in a folder or matching a glob.

    Those whose names, or folders below `url`, begin with a dot are left out.

    Args:
        url: an object, a folder (or bucket), or a glob such as ``s3://bucket/**/*.jpg``.
        recursive: look into the folders of a folder, too.

    Raises:
        FileNotFoundError: there is nothing.
        OSError: the store does not answer, or denies access.
        ValueError, ImportError: the URL may not or cannot be opened.
    """
    protocol, _ = split(url)
    fs, path = locate(url)
    if status(url):
        return [canonical(url)]
    with told_of(url):
        names = fs.find(path, maxdepth=None if recursive else 1)
        if not names and has_magic(path):
            path, names = _fixed_part(path), fs.glob(path, detail=False)
    if not names:
        raise FileNotFoundError(f"no such object or folder: {url}")
    return [f"{protocol}://{name.lstrip('/')}" for name in names if not _is_hidden(name, path)]


def _fixed_part(pattern: str) -> str:
    return pattern[: next(i for i, sign in enumerate(pattern) if sign in "*?[")].rpartition("/")[0]


def _is_hidden(name: str, path: str) -> bool:
    below = name.lstrip("/").removeprefix(path)
    return any(part.startswith(".") for part in below.split("/"))
