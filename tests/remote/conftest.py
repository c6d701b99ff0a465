"""What the tests of object storage start from."""

import pytest

import framegrid as fg
from framegrid.remote import permission


@pytest.fixture
def nothing_allowed(tmp_path, monkeypatch):
    """A user who has named nothing."""
    monkeypatch.setenv("FRAMEGRID_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(permission, "_named", set())


@pytest.fixture
def allowed(nothing_allowed, web):
    """A local web server, allowed; nothing else is."""
    fg.allow_urls(web.url())
    return web
