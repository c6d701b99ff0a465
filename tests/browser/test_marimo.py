"""The grid in a real marimo server, where cells react to what is done in the browser."""

import os
import re
import subprocess
import sys
import urllib.request
from contextlib import closing, suppress
from socket import socket
from urllib.error import URLError

import pytest
from playwright.sync_api import expect

from grid_fixtures import slider

APP = """
import marimo

app = marimo.App()

@app.cell
def _():
    import marimo as mo
    import framegrid as fg
    dataset = fg.ImageDataset.load_or_create("small")
    dataset.add_images_from_path("photos", progress=False)
    dataset.update_metadata([(i, {"score": i / 2}) for i in range(12)])
    return dataset, fg, mo

@app.cell
def _(dataset, fg, mo):
    grid = mo.ui.anywidget(fg.Grid(dataset))
    grid
    return (grid,)

@app.cell
def _(grid, mo):
    mo.md(f"{len(grid.filtered)} left, selected {grid.value['selected']}, {grid.value['filters']}")
    return

@app.cell
def _(dataset):
    dataset
    return
"""


@pytest.fixture
def page(tmp_path, make_photos, browser):
    """The page of a marimo app with two grids."""
    make_photos(tmp_path / "photos", 12)
    (tmp_path / "app.py").write_text(APP)
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "marimo", "--quiet", "run", "app.py", f"--port={port}"]
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(
            [*command, "--headless", "--no-token"],
            cwd=tmp_path,
            env=os.environ | {"XDG_CONFIG_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)},
            stdout=log,
            stderr=log,
        ) as server,
    ):
        page = browser.new_page(viewport={"width": 1300, "height": 1400})
        page.goto(_address_once_up(server, port))
        yield page
        page.close()
        server.terminate()


def _address_once_up(server, port):
    address = f"http://127.0.0.1:{port}"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while server.poll() is None:
        try:
            opener.open(f"{address}/health", timeout=5).close()
        except (URLError, ConnectionError, TimeoutError):
            with suppress(subprocess.TimeoutExpired):
                server.wait(0.1)
        else:
            return address
    raise AssertionError("marimo did not start")


def test_cells_react_to_filters_and_selection(page):
    grid = page.get_by_role("region", name="framegrid: small").first
    expect(grid.get_by_role("status").first).to_have_text("12 of 12 images", timeout=60_000)
    tiles = grid.get_by_role("listbox", name="Samples").get_by_role("option")
    expect(tiles.nth(1).get_by_role("img")).to_be_visible()
    expect(page.get_by_text("12 left, selected [], {}")).to_be_visible()
    thumb = slider(grid, "score minimum")
    thumb.focus()
    thumb.press("ArrowRight")
    expect(page.get_by_text("11 left, selected []")).to_be_visible()
    tiles.nth(1).click()
    expect(page.get_by_text(re.compile(r"11 left, selected \[2\], \{'score'"))).to_be_visible()


def test_a_dataset_shows_itself(page):
    grids = page.get_by_role("region", name="framegrid: small")
    expect(grids).to_have_count(2, timeout=60_000)
    expect(grids.last.get_by_role("status").first).to_have_text("12 of 12 images")
