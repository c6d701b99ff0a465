"""What names an image: a file, an object, a web image, or a part of a file or object.

A part is written as fsspec writes a chain, with exactly one link: ``zip://a/b.jpg::/data/photos.zip``
is a member of an archive, ``parquet://image/123::s3://bucket/train.parquet`` row 123 of a column.
Locators can come from a stranger's dataset, so nothing else is understood.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeGuard, cast

from framegrid.remote.shares import is_share
from framegrid.remote.urls import is_object, is_url, split
from framegrid.remote.web_urls import has_scheme, is_web, web_spelled

Kind = Literal["file", "object", "https", "zip", "tar", "parquet", "unsaved"]

_PARTS = ("zip", "tar", "parquet")
_LINK = "::"

PART = r"(?s)^(?:zip|tar|parquet)://(.*?)::(.*)$"
"""Found in a locator of a part, for whole columns of them: what is inside, and in what."""

_ESCAPED = re.compile(r"%(?=25|3[Aa])|:(?=:|$)")
_ESCAPE = re.compile(r"%(?:25|3[Aa])")


@dataclass(frozen=True, slots=True)
class Locator:
    """Where one image is.

    Attributes:
        kind: what has to be opened, and how.
        inside: of an archive's member its name, of a Parquet cell ``column/row``, of a picture in
            memory what it is held under; else "".
        container: the path or URL of the file that the image is, or is in.
    """

    kind: Kind
    inside: str
    container: str

    def __str__(self) -> str:
        """The locator as text, as ``parse`` reads it.

        Of what is inside, ``::`` and a ``:`` at its end are written in percent spelling, and so are
        the ``%`` that would be read as part of one.
        """
        if self.kind not in _PARTS:
            return self.container
        inside = _ESCAPED.sub(lambda sign: f"%{ord(sign[0]):X}", self.inside)
        return f"{self.kind}://{inside}{_LINK}{self.container}"


def parse(text: str) -> Locator:
    """Take a locator apart.

    Raises:
        ValueError: it is a URL that is not opened, or names no part of exactly one file.
    """
    if not is_url(text):
        return Locator("file", "", text)
    if has_scheme(text):
        return Locator("https", "", web_spelled(text))
    scheme, _, rest = text.partition("://")
    if scheme == "unsaved":
        return Locator("unsaved", rest, text)
    if scheme not in _PARTS:
        split(text)
        return Locator("object", "", text)
    inside, _, container = rest.partition(_LINK)
    if not inside or not container:
        raise ValueError(f"names no part of a file, as in {scheme}://part::/data/file")
    _check_container(container)
    inside = _ESCAPE.sub(lambda sign: chr(int(sign[0][1:], 16)), inside)
    return Locator(cast("Kind", scheme), inside, container)


def _check_container(container: str) -> None:
    if container.startswith(tuple(f"{kind}://" for kind in _PARTS)):
        raise ValueError("a file inside a file inside a file is not opened")
    if is_url(container):
        split(container)
    elif _LINK in container and not Path(container).is_absolute():
        raise ValueError("a chain of several links is not opened")


def is_part(path: object) -> TypeGuard[str]:
    """Whether it is written as a part of a file or object, rightly or not."""
    return isinstance(path, str) and path.partition("://")[0] in _PARTS and is_url(path)


def is_unsaved(path: object) -> TypeGuard[str]:
    """Whether it names a picture that is in memory until its dataset is saved."""
    return isinstance(path, str) and path.startswith("unsaved://")


def container_of(path: str) -> str:
    """The path or URL that has to be asked for an image: its own, or that of what it is in."""
    if not is_part(path):
        return path
    with suppress(ValueError):
        return parse(path).container
    return path


def is_elsewhere(path: str) -> bool:
    """Whether an image is not on a disk of this machine, as far as its locator tells."""
    container = container_of(path)
    return (is_url(container) and not is_unsaved(path)) or is_share(container)


def is_asked_for(path: object) -> TypeGuard[str]:
    """Whether another machine may be asked for an image, once the user has named the place."""
    if not isinstance(path, str):
        return False
    container = container_of(path)
    return is_object(container) or is_web(container) or is_share(container)


def with_container(path: str, container: str) -> str:
    """The same part of another file; the other file, if it is no part."""
    if container_of(path) == path:
        return container
    locator = parse(path)
    return str(Locator(locator.kind, locator.inside, container))
