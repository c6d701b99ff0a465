"""Which texts are URLs, and which of these may be opened.

URLs can come from a stranger's dataset. One that named a local file, a web page or a chain of file
systems would let that stranger read or reach what only the user may, so the list is short.
"""

import re
from contextlib import suppress
from typing import TypeGuard

from framegrid.base import brief, cut

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:://|:|//)")
_OF_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|\\\\[^\\]")
_ALIASES = {"gcs": "gs", "abfs": "az", "abfss": "az", "s3a": "s3"}
PROTOCOLS = ("s3", "gs", "az", "memory")
"""Object stores, by the name that their URLs have here."""


def is_url(path: object) -> TypeGuard[str]:
    """Whether it is a URL, allowed or not, and no local path."""
    return isinstance(path, str) and "://" in path and _URL.match(path) is not None


def is_of_windows(path: str) -> bool:
    """Whether a path begins at a drive or a share."""
    return _OF_WINDOWS.match(path) is not None


def is_object(path: object) -> TypeGuard[str]:
    """Whether it is a URL that may be opened."""
    with suppress(ValueError):
        return is_url(path) and bool(split(path))
    return False


def split(url: str) -> tuple[str, str]:
    """The protocol and what stands behind it.

    Raises:
        ValueError: it is not one of an object store, or names an account.
    """
    scheme, _, rest = url.partition("://")
    protocol = _ALIASES.get(scheme.lower(), scheme.lower())
    if protocol not in PROTOCOLS:
        allowed = ", ".join(f"{name}://" for name in PROTOCOLS)
        raise ValueError(
            f"{cut(scheme)}:// is not opened, only object storage: {allowed}, and images by https://"
        )
    if "@" in rest.partition("/")[0]:  # it would choose whom the user's credentials are shown to
        raise ValueError(
            f"{brief(url)} names an account before its folder: name it in the environment, as in "
            "AZURE_STORAGE_ACCOUNT_NAME, and pass az://container/folder"
        )
    return protocol, rest


def canonical(url: str) -> str:
    """The one spelling of a URL that all spellings of it have in common.

    Raises:
        ValueError: it may not be opened.
    """
    protocol, rest = split(url)
    return f"{protocol}://{rest.strip('/')}"
