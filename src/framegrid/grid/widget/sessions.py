"""Sending to a host that keeps a session for each page: from any thread, in that of the grid."""

import asyncio
import sys
from collections.abc import Callable
from contextvars import copy_context
from typing import Any
from weakref import WeakMethod


class UnreachableError(RuntimeError):
    """Says that what was to be sent found no way to the page."""


class Session:
    """The session, if there is one, in which a grid was made.

    Shiny has one for each page, in a context variable that threads do not inherit, and sends what
    it is given once its reactive environment is flushed. What is sent from a thread, or from a task
    of nobody's, is carried into the event loop and context of the session.

    Args:
        ended: called once there is no page any more to send to.
    """

    def __init__(self, ended: WeakMethod[Callable[[], None]]) -> None:
        self._ended = ended
        self._page = _current_page() if "shinywidgets" in sys.modules else None
        if self._page is not None:
            self._context = copy_context()
            self._loop = asyncio.get_running_loop()
            self._tasks: set[asyncio.Task[None]] = set()
            self._page.on_ended(self._end)

    def send(self, send: Callable[[], Any]) -> None:
        """Call `send`: now, or soon in the session."""
        if self._page is None or self._page is _current_page():
            send()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._start, send)

    def _start(self, send: Callable[[], Any]) -> None:
        task = self._loop.create_task(_flushed(send), context=self._context)
        self._tasks.add(task)  # the loop alone would not keep it
        task.add_done_callback(self._sent)

    def _sent(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or task.exception():
            self._end()

    def _end(self) -> None:
        if end := self._ended():
            end()


def _current_page() -> Any:
    """The session of the page that is served now, whichever module of it runs; None if none."""
    from shiny.session import get_current_session  # noqa: PLC0415 - only where it is the host

    session = get_current_session()
    # Shiny Express runs an app once for nobody.
    return None if session is None or session.is_stub_session() else session.root_scope()


async def _flushed(send: Callable[[], Any]) -> None:
    from shiny import reactive  # noqa: PLC0415

    async with reactive.lock():
        send()
        await reactive.flush()
