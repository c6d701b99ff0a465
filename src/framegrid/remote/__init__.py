"""Object storage by URL: what may be opened, reading in ranges, and conditional puts.

The only room that knows fsspec, which it imports when a URL is first used. It knows bytes, neither
images nor datasets. Credentials and endpoints are those of the environment: variables such as
``AWS_PROFILE`` and ``AWS_ENDPOINT_URL``, or the configuration files of the store and of fsspec.
"""

from framegrid.remote.filesystems import ChangedError
from framegrid.remote.listing import find
from framegrid.remote.objects import Status, download, read, read_whole, status, statuses
from framegrid.remote.puts import create, is_writable, replace
from framegrid.remote.ranges import open_object
from framegrid.remote.urls import canonical, is_object, is_url

__all__ = [
    "ChangedError",
    "Status",
    "canonical",
    "create",
    "download",
    "find",
    "is_object",
    "is_url",
    "is_writable",
    "open_object",
    "read",
    "read_whole",
    "replace",
    "status",
    "statuses",
]
