"""Where a dataset lives, by the name that the user gives it."""

import os
from pathlib import Path

from framegrid import remote
from framegrid.base import brief, check_name
from framegrid.storage import Location, is_dataset

StrPath = str | os.PathLike[str]

_SUFFIX = ".parquet"


def place_of(name: StrPath) -> Location:
    """The absolute path of the file of a dataset called `name`, or its URL.

    The user named it: its bucket may be opened from then on.
    """
    if remote.is_url(name):
        url = remote.canonical(name)
        if url.count("/") < 3 and not url.startswith("memory://"):  # which has no buckets
            raise ValueError(f"{brief(name)} names no file in a bucket: pass 's3://bucket/photos'")
        remote.name(url)
        return url if url.endswith(_SUFFIX) else url + _SUFFIX
    check_name(name)
    path = Path(name).expanduser()
    if path.name in {"", ".."}:
        raise ValueError(f"{brief(os.fspath(name))} names no file: pass a name such as 'photos'")
    path = path.absolute()
    remote.name_path(str(path))
    return path if path.suffix == _SUFFIX else path.with_name(path.name + _SUFFIX)


def is_dataset_file(name: object) -> bool:
    """Whether something names a dataset here, with or without ``.parquet``, and nothing else."""
    if not isinstance(name, str | os.PathLike) or remote.is_url(name):
        return False
    try:
        path = Path(name).expanduser()
        return is_dataset(path if path.exists() else path.with_name(path.name + _SUFFIX))
    except (OSError, ValueError, RuntimeError):  # no path, no home
        return False
