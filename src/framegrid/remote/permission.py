"""Which buckets and hosts are asked for anything: those that the user named.

URLs can come from a stranger's dataset. A request alone tells that stranger who looks at it, where
and when, so none is made but to a place that stands in a call of the user's.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from framegrid.base import UrlNotAllowedError, brief, cut
from framegrid.remote import remembered
from framegrid.remote.prefixes import Prefix, is_inside, place_of, prefix_of, steps_out
from framegrid.remote.shares import is_share

_named: set[Prefix] = set()
"""What this process named, which holds also where nothing can be remembered."""

_carried: ContextVar[frozenset[Prefix]] = ContextVar("carried", default=frozenset())
"""What the one named who sent the task that runs now."""

_SHOWN = 5
_FREE = "memory"  # lies in this process


def allow_urls(*prefixes: str, forget: str | Iterable[str] = ()) -> list[str]:
    """Allow images to be read from buckets or web hosts, and return all that are allowed.

    A dataset may name any bucket for its images; framegrid sends requests only to those that you
    named: here, or where you pass a URL to ``create``, ``load``, ``load_or_create``, ``save``,
    ``add_images_from_path`` or ``relink``. That is remembered for you on this machine, in a file
    beside the cache, and goes along with datasets and functions that are sent to other processes.
    Nothing that a dataset says changes it.

    Args:
        prefixes: what URLs have to begin with, by whole parts: ``"s3://bucket/"``, a folder in it,
            ``"https://host/photos/"``, on Windows a share, ``"//host/share/"``. A web host inside
            your network needs its address named, too: ``"https://10.0.0.7/"``, or ``localhost``.
        forget: what is no longer allowed, written as it is listed.

    Returns:
        All prefixes that are allowed, sorted; with no argument, this only lists them.

    Raises:
        ValueError: one names no bucket or host, or was not allowed before it is to be forgotten.

    Example:
        ```python
        fg.allow_urls("s3://my-photos/", "gs://shared/2024/", "https://photos.example/")
        fg.allow_urls(forget="gs://shared/2024/")
        ```
    """
    new = {prefix_of(prefix) for prefix in prefixes}
    gone = {prefix_of(prefix) for prefix in ([forget] if isinstance(forget, str) else forget)}
    if unknown := sorted(gone - {*allowed(), *new}):
        raise ValueError(
            f"{brief(unknown[0])} is not allowed anyway; allowed are "
            f"{cut(', '.join(allowed())) or 'none'}"
        )
    _named.update(new)
    _named.difference_update(gone)
    if (new or gone) and not remembered.change(new, gone):
        warnings.warn(
            "this is for this process only: the cache's folder, where it would be remembered, "
            "cannot be written",
            RuntimeWarning,
            stacklevel=2,
        )
    return allowed()


def name(url: str) -> None:
    """Allow the bucket of a URL that stands in a call of the user's."""
    place = place_of(url)
    if place not in _named:
        _named.add(place)
        if place not in remembered.prefixes():
            remembered.change({place}, set())


def name_path(path: str) -> None:
    """Allow the share of a path that stands in a call of the user's; others need no permission."""
    if is_share(path):
        name(path)


def allowed() -> list[Prefix]:
    """What is allowed now, sorted."""
    return sorted({*_named, *_carried.get(), *remembered.prefixes()})


def check(url: str) -> None:
    """Refuse a URL whose place the user has not named.

    Raises:
        UrlNotAllowedError: it is one.
    """
    if place_of(url).startswith(f"{_FREE}:"):
        return
    if steps_out(url):
        raise UrlNotAllowedError("a URL with '..' in it is not opened")
    kinds = (_named, _carried.get(), remembered.prefixes())
    if not any(is_inside(url, prefix) for prefixes in kinds for prefix in prefixes):
        raise _refusal([place_of(url)])


def check_path(path: object) -> None:
    """Refuse a path that leads to a share that the user has not named.

    Raises:
        UrlNotAllowedError: it is one.
    """
    if is_share(path):
        check(path)


def check_all(urls: Sequence[str]) -> None:
    """Refuse URLs of which some are in places that the user has not named.

    Raises:
        UrlNotAllowedError: some are; it names the call that allows all of them.
    """
    places = {place_of(url): url for url in urls if not is_allowed(url)}
    if places:
        raise _refusal(sorted(places))


def is_allowed(url: str) -> bool:
    """Whether a URL may be asked for."""
    try:
        check(url)
    except UrlNotAllowedError:
        return False
    return True


def _refusal(places: Sequence[Prefix]) -> UrlNotAllowedError:
    # The call comes first, as tiles have room for little. It is to be pasted, and a stranger may
    # have chosen the name: hence the repr.
    shown = ", ".join(repr(place[:200]) for place in places[:_SHOWN])
    more = f" (and {len(places) - _SHOWN:,} more)" if len(places) > _SHOWN else ""
    return UrlNotAllowedError(
        f"not allowed yet: fg.allow_urls({shown}){more}; you have not named the bucket or host"
    )


# What travels


class WithPermission:
    """A function that takes along what its sender allows.

    Args:
        function: as it would be sent without this.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._prefixes = frozenset(allowed())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""
        with with_permission(self._prefixes):
            return self._function(*args, **kwargs)


@contextmanager
def with_permission(prefixes: Iterable[Prefix]) -> Iterator[None]:
    """Allow, within the block and on this thread, what the sender of a task allows."""
    token = _carried.set(_carried.get() | frozenset(prefixes))
    try:
        yield
    finally:
        _carried.reset(token)


def take_over(prefixes: Iterable[Prefix]) -> None:
    """Allow in this process, for as long as it lives, what another one allowed."""
    _named.update(prefixes)
