"""Putting objects as a whole, and only in the place of what is known.

Never by a file opened for writing: when one of those is thrown away after an error, stores put what
was written so far over the good object.
"""

import errno
from contextlib import suppress
from typing import Any

from framegrid.remote.filesystems import ChangedError, locate, told_of
from framegrid.remote.objects import Status, status
from framegrid.remote.urls import split


def create(url: str, data: bytes) -> None:
    """Put an object where there is none.

    Raises:
        FileExistsError: there is one.
        FileNotFoundError: there is no such bucket.
        OSError: the store does not answer, or denies access.
        ValueError, ImportError: the URL may not or cannot be opened.
    """
    protocol, _ = split(url)
    fs, path = locate(url)
    try:
        with told_of(url):
            if protocol == "s3":
                _put(fs, path, data, IfNoneMatch="*")
            elif protocol == "az":
                fs.pipe_file(path, data, overwrite=False)
            else:
                fs.pipe_file(path, data, mode="create")
    except ChangedError as error:
        raise FileExistsError(errno.EEXIST, "there is an object already", url) from error


def replace(url: str, data: bytes, known: Status) -> Status:
    """Put an object in the place of another, if that is in a known state, and give the new state.

    S3 compares and puts in one step. For other stores the state is compared just before, so what
    another writer puts in between is lost: they are for one writer at a time.

    Raises:
        ChangedError: it is in another state, or gone.
        OSError, ValueError, ImportError: as for ``create``.
    """
    protocol, _ = split(url)
    if status(url) != known:
        raise ChangedError(errno.EBUSY, "it was changed or deleted by another writer", url)
    fs, path = locate(url)
    with told_of(url):
        if protocol == "s3":
            try:
                return _put(fs, path, data, IfMatch=known.version)
            except FileNotFoundError as error:
                raise ChangedError(errno.ENOENT, "it was deleted", url) from error
        fs.pipe_file(path, data)
    return status(url) or Status("", 0)


def is_writable(url: str) -> bool:
    """Whether an object may be put there, where that can be known without putting one."""
    protocol, _ = split(url)
    if protocol != "s3":
        return True
    fs, path = locate(url)
    bucket, key, _ = fs.split_path(path)
    with told_of(url):
        try:  # it needs the right to put, and is no object before it is completed
            upload = fs.call_s3("create_multipart_upload", Bucket=bucket, Key=key)
        except PermissionError:
            return False
        except OSError:  # stores that know no such uploads
            return True
        with suppress(OSError):
            fs.call_s3(
                "abort_multipart_upload", Bucket=bucket, Key=key, UploadId=upload["UploadId"]
            )
    return True


def _put(fs: Any, path: str, data: bytes, **condition: str) -> Status:
    bucket, key, _ = fs.split_path(path)
    answer = fs.call_s3("put_object", Bucket=bucket, Key=key, Body=data, **condition)
    return Status(answer["ETag"], len(data))
