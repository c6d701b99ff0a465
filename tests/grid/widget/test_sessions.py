"""Sending from threads to a host that keeps a session for each page, as Shiny does."""

import asyncio
import sys
import warnings
from contextvars import ContextVar
from threading import Thread
from types import ModuleType, SimpleNamespace
from weakref import WeakMethod

import pytest

import framegrid as fg
from framegrid.grid.widget.sessions import Session


class Page:
    """A session of a page, in what looks like Shiny."""

    def __init__(self, name, *, stub=False):
        self.name = name
        self.ended = []
        self.root_scope = lambda: self
        self.is_stub_session = lambda: stub
        self.on_ended = self.ended.append


class Grid:
    """What hears of the end of its session."""

    def __init__(self):
        self.ends = 0
        self.again = asyncio.Event()

    def end(self):
        if self.ends:
            self.again.set()
        self.ends += 1


@pytest.fixture
def current(monkeypatch):
    """The session that is current, those that were flushed, and an event for the first."""
    current = ContextVar("session", default=None)
    flushes, done = [], asyncio.Event()

    async def flush():
        flushes.append(current.get().name)
        done.set()

    shiny, session = ModuleType("shiny"), ModuleType("shiny.session")
    shiny.reactive = SimpleNamespace(lock=asyncio.Lock, flush=flush)
    session.get_current_session = current.get
    modules = {"shiny": shiny, "shiny.session": session, "shinywidgets": ModuleType("x")}
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    return current, flushes, done


def within(seconds, coroutine):
    asyncio.run(asyncio.wait_for(coroutine, seconds))


def test_what_a_thread_sends_goes_out_in_the_session_and_is_flushed(current):
    current, flushes, done = current
    sent, grid = [], Grid()

    async def page():
        current.set(Page("a page"))
        session = Session(WeakMethod(grid.end))
        session.send(lambda: sent.append(("at once", current.get().name)))
        later = lambda: sent.append(("later", current.get().name))  # noqa: E731
        thread = Thread(target=session.send, args=[later])
        thread.start()
        await done.wait()
        thread.join()

    within(20, page())
    assert sent == [("at once", "a page"), ("later", "a page")]
    assert flushes == ["a page"]
    assert grid.ends == 0


def test_what_another_page_causes_goes_to_the_page_of_the_grid(current):
    current, flushes, done = current
    sent, grid = [], Grid()

    async def pages():
        current.set(Page("its page"))
        session = Session(WeakMethod(grid.end))
        current.set(Page("another"))
        session.send(lambda: sent.append(current.get().name))
        await done.wait()

    within(20, pages())
    assert sent == flushes == ["its page"]


def test_the_end_of_a_session_is_heard_and_that_nothing_can_be_sent(current):
    current, _, _ = current
    grid, heard = Grid(), []

    async def page():
        page = Page("a page")
        current.set(page)
        session = Session(WeakMethod(grid.end))
        [end] = page.ended
        end()
        heard.append(grid.ends)
        current.set(None)
        session.send(lambda: 1 / 0)
        await grid.again.wait()

    within(20, page())
    assert heard == [1]


def test_an_app_that_shiny_runs_for_nobody_has_no_session(current):
    current, _, _ = current
    current.set(Page("stub", stub=True))
    sent = []
    Session(WeakMethod(Grid().end)).send(lambda: sent.append(1))
    assert sent == [1]


def test_elsewhere_it_sends_at_once(monkeypatch):
    monkeypatch.delitem(sys.modules, "shinywidgets", raising=False)
    sent = []
    Session(WeakMethod(Grid().end)).send(lambda: sent.append(1))
    assert sent == [1]


class Closed:
    """The comm of a page that is gone."""

    comm_id = "closed"

    def __init__(self):
        self.tries = 0

    def on_msg(self, receive):
        """Say nothing."""

    def close(self, **_):
        """Be closed."""

    def send(self, **_):
        self.tries += 1
        raise RuntimeError("the session is over")


def test_a_grid_that_nobody_sees_is_silent_until_a_page_asks(photos, monkeypatch):
    monkeypatch.setattr("framegrid.grid.widget.grid.PUSH_INTERVAL_S", 0)
    monkeypatch.setattr("framegrid.grid.widget.grid.PUSH_SHARE", 1e9)
    with fg.ImageDataset.create("silent") as dataset, warnings.catch_warnings():
        warnings.simplefilter("error")
        dataset.add_images_from_path(photos, progress=False)
        grid = fg.Grid(dataset)
        grid.comm = comm = Closed()
        for score in range(5):
            dataset.update_metadata({0: {"score": score}})
        assert comm.tries == 1
        told = []
        comm.send = lambda data, **_: told.append(data)
        grid._receive({"id": "1", "type": "ready"})
        told.clear()
        dataset.update_metadata({0: {"score": 9}})
        assert told[0]["state"] == {"_revision": dataset.revision}
