"""A host for one grid that is no notebook: the rules of those that cannot be run here.

The page has the built frontend, and this process the grid; what they say goes through a comm that
keeps an eye on it.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator

import framegrid as fg
from framegrid.grid.widget.grid import STATIC
from framegrid.grid.widget.traits import OWN_TRAITS

PAGE = Path(__file__).with_name("shim.html")
FILES = {
    "/": (PAGE, "text/html"),
    "/widget.js": (STATIC / "widget.js", "text/javascript"),
    "/widget.css": (STATIC / "widget.css", "text/css"),
}
DROPPED_BYTES = 5_000_000
POLL_S = 0.5


class Comm:
    """A comm as ipywidgets knows it, to a page that fetches what is for it.

    Attributes:
        sizes: bytes of each message that went through, either way.
        idle: cleared while a cell runs: the browser's messages wait for its end.
    """

    comm_id = "shim"

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.idle = Event()
        self.idle.set()
        self._to_browser: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._to_kernel: Callable[[dict[str, Any]], None] = lambda _message: None

    def on_msg(self, receive: Callable[[dict[str, Any]], None]) -> None:
        """Hand messages of the browser to a widget."""
        self._to_kernel = receive

    def close(self, **_: Any) -> None:
        """Do nothing: the page stays."""

    def send(self, data: dict[str, Any], buffers: Any = None, **_: Any) -> None:
        """Send to the browser, unless it is too large."""
        raw = [bytes(buffer) for buffer in buffers or []]
        if self._passes(len(json.dumps(data)) + sum(map(len, raw))):
            texts = [b64encode(buffer).decode() for buffer in raw]
            self._to_browser.put({**data, "buffers": texts})

    def receive(self, body: bytes) -> None:
        """Take a message of the browser, once no cell runs, unless it is too large."""
        self.idle.wait()
        if self._passes(len(body)):
            self._to_kernel({"content": {"data": json.loads(body)}, "buffers": []})

    def messages(self) -> Iterator[dict[str, Any]]:
        """What waits for the browser, the first after a little while."""
        try:
            yield self._to_browser.get(timeout=POLL_S)
            while True:
                yield self._to_browser.get_nowait()
        except Empty:
            return

    def _passes(self, size: int) -> bool:
        self.sizes.append(size)
        return size <= DROPPED_BYTES


@contextmanager
def shown(grid: fg.Grid) -> Iterator[tuple[str, Comm]]:
    """Serve the page of a grid: its address and its comm."""
    comm = Comm()
    grid.comm = comm

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/messages":
                self._answer(json.dumps(list(comm.messages())).encode())
            elif path == "/traits":
                names = [*OWN_TRAITS, "_sheet", "_total", "_revision"]
                self._answer(json.dumps(grid.get_state(names)).encode())
            elif path in FILES:
                file, mime = FILES[path]
                self._answer(file.read_bytes(), mime)
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            comm.receive(self.rfile.read(int(self.headers["Content-Length"])))
            self._answer(b"")

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def _answer(self, body: bytes, mime: str = "application/json") -> None:
            self.send_response(200)
            self.send_header("Content-Type", f"{mime}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", comm
        comm.idle.set()
        server.shutdown()


@pytest.fixture
def show(browser: Browser) -> Iterator[Callable[..., tuple[Locator, Comm]]]:
    """Shows a grid in a page with options and gives its region, the page and the comm."""
    pages: list[list[str]] = []
    hosts: list[AbstractContextManager[tuple[str, Comm]]] = []
    context = browser.new_context(viewport={"width": 1200, "height": 900})

    def opener(grid: fg.Grid, options: str = "") -> tuple[Locator, Comm]:
        host = shown(grid)
        address, comm = host.__enter__()
        hosts.append(host)
        page = context.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        pages.append(problems)
        page.goto(f"{address}?{options}")
        return page.get_by_role("region"), comm

    yield opener
    context.close()
    for host in hosts:
        host.__exit__(None, None, None)
    assert pages == [[]] * len(pages)
