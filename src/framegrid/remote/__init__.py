"""Object storage and URLs: what may be opened, reading in ranges, conditional puts.

The only wing that knows fsspec, which it imports when a URL is first used. It knows bytes, neither
images nor datasets. Credentials and endpoints are those of the environment: variables such as
``AWS_PROFILE`` and ``AWS_ENDPOINT_URL``, or the configuration files of the store and of fsspec.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from framegrid.remote.filesystems import ChangedError
from framegrid.remote.listing import find
from framegrid.remote.locators import (
    PART,
    Kind,
    Locator,
    container_of,
    is_asked_for,
    is_elsewhere,
    is_part,
    is_unsaved,
    parse,
    with_container,
)
from framegrid.remote.objects import Status, read, read_whole, status, statuses
from framegrid.remote.permission import (
    WithPermission,
    allow_urls,
    allowed,
    check_all,
    check_path,
    name,
    name_path,
    take_over,
    with_permission,
)
from framegrid.remote.puts import create, is_writable, replace
from framegrid.remote.ranges import SeekableRaw, open_object
from framegrid.remote.shares import is_share
from framegrid.remote.urls import canonical, is_object, is_of_windows, is_url
from framegrid.remote.web_urls import is_web, web_name, web_spelled, without_query

if TYPE_CHECKING:
    from framegrid.remote.web import open_web, web_status, web_statuses

__all__ = [
    "PART",
    "ChangedError",
    "Kind",
    "Locator",
    "SeekableRaw",
    "Status",
    "WithPermission",
    "allow_urls",
    "allowed",
    "canonical",
    "check_all",
    "check_path",
    "container_of",
    "create",
    "find",
    "is_asked_for",
    "is_elsewhere",
    "is_object",
    "is_of_windows",
    "is_part",
    "is_share",
    "is_unsaved",
    "is_url",
    "is_web",
    "is_writable",
    "name",
    "name_path",
    "open_object",
    "open_web",
    "parse",
    "read",
    "read_whole",
    "replace",
    "status",
    "statuses",
    "take_over",
    "web_name",
    "web_spelled",
    "web_status",
    "web_statuses",
    "with_container",
    "with_permission",
    "without_query",
]


def __getattr__(name: str) -> Any:
    """Import what is for web images, and all that encryption needs, when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module("framegrid.remote.web"), name)
    return value
