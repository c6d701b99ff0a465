"""What a URL may begin with, compared by whole parts."""

import re
from urllib.parse import unquote

from framegrid.remote import shares, web_urls
from framegrid.remote.urls import canonical

Prefix = str
"""A bucket, host or share, maybe with folders: ``s3://bucket/``, ``https://host/photos/``."""

_PLACE = re.compile(r"[^\s/\\?#@*\[\]\x00-\x1f\x7f]+")
_SHARE = re.compile(r"//(?![.?]/)[^/\x00-\x1f\x7f]+/[^/\x00-\x1f\x7f]+(?:/.*)?")
_DECODINGS = 3


def prefix_of(text: str) -> Prefix:
    """The one spelling of a prefix.

    Raises:
        ValueError: it names no bucket or host, or has more in it than a prefix may have.
    """
    spelled = _spelled(text) if isinstance(text, str) else ""
    if _SHARE.fullmatch(spelled) and not steps_out(spelled):
        return f"{spelled}/"
    place = spelled.partition("://")[2].partition("/")[0]
    is_place = web_urls.has_scheme(spelled) or _PLACE.fullmatch(place)
    if not is_place or steps_out(spelled):
        raise ValueError(
            f"{str(text)[:200]!r} names no bucket and no host: pass 's3://bucket/' or a folder in "
            "it, 'https://host/', '//host/share/', and the like"
        )
    return f"{spelled}/"


def place_of(url: str) -> Prefix:
    """The bucket or host that a URL is in.

    Raises:
        ValueError: it is neither a URL of an object store nor a path to a share.
    """
    if (share := shares.spelled(url)) is not None:
        return shares.place_of(share)
    protocol, _, rest = _spelled(url).partition("://")
    return f"{protocol}://{rest.partition('/')[0]}/"


def is_inside(url: str, prefix: Prefix) -> bool:
    """Whether a URL begins with all parts of a prefix."""
    return f"{_spelled(url)}/".startswith(prefix)


def steps_out(url: str) -> bool:
    """Whether somebody on the way could take a part of a URL for the folder above."""
    for _ in range(_DECODINGS):
        if ".." in (part.partition(";")[0] for part in re.split(r"[/\\]", url)):
            return True
        url = unquote(url)
    return False


def _spelled(url: str) -> str:
    """A URL in lower case where case means nothing, without a slash at its end."""
    if (share := shares.spelled(url)) is not None:
        return share
    if not web_urls.has_scheme(url):
        return canonical(url)
    parsed = web_urls.parse(url)
    return f"{parsed.place}{parsed.path[1:]}".rstrip("/")
