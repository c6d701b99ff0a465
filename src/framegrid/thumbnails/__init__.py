"""Thumbnails on request: made by worker processes, kept on disk from one session to the next."""

import os
from functools import cache

from framegrid.thumbnails.pool import Thumbnails, bucket
from framegrid.thumbnails.request import Request, Thumbnail

__all__ = ["Request", "Thumbnail", "Thumbnails", "bucket", "shared"]


def shared() -> Thumbnails:
    """Return the thumbnails of this process, made when first asked for.

    A forked child gets its own: threads do not survive a fork, nor may a database connection.
    """
    return _of_process(os.getpid())


@cache
def _of_process(_pid: int) -> Thumbnails:
    return Thumbnails()
