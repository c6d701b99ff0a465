"""The grid in real servers of apps: Shiny and Voila."""

import os
import re
import subprocess
import sys
from contextlib import closing, contextmanager
from socket import socket

import nbformat
import pytest
from playwright.sync_api import expect

from grid_fixtures import slider, status, tiles
from waiting import wait_until

MAKE = """
import framegrid as fg

dataset = fg.ImageDataset.load_or_create("small")
_ = dataset.add_images_from_path("photos", progress=False)
_ = dataset.update_metadata([(i, {"score": i / 2}) for i in range(12)])
"""
SHINY = f"""
from shiny import App, ui
from shinywidgets import output_widget, render_widget
{MAKE}
def server(input, output, session):
    @render_widget
    def grid():
        return fg.Grid(dataset)

app = App(ui.page_fillable(output_widget("grid")), server)
"""


@contextmanager
def running(folder, port, *arguments):
    """Runs a module's server until the block ends."""
    environment = {"HOME": str(folder), "JUPYTER_CONFIG_DIR": str(folder / "config")}
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=folder,
            env=os.environ | environment,
            stdout=log,
            stderr=log,
        ) as server,
    ):
        try:
            wait_until(lambda: server.poll() is not None or listens(port), 60)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def listens(port):
    with closing(socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port():
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def shiny(tmp_path):
    (tmp_path / "app.py").write_text(SHINY)
    port = free_port()
    with running(tmp_path, port, "shiny", "run", f"--port={port}", "app.py") as address:
        yield address


@pytest.fixture
def voila(tmp_path):
    cells = [nbformat.v4.new_code_cell(code) for code in (MAKE, "dataset.show()")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbformat.write(notebook, tmp_path / "app.ipynb")
    port = free_port()
    with running(tmp_path, port, "voila", "app.ipynb", "--no-browser", f"--port={port}") as address:
        yield address


@pytest.mark.parametrize("host", ["shiny", "voila"])
def test_pictures_show_and_a_slider_filters(request, tmp_path, make_photos, browser, host):
    make_photos(tmp_path / "photos", 12)
    page = browser.new_page(viewport={"width": 1200, "height": 800})
    page.goto(request.getfixturevalue(host))
    region = page.get_by_role("region", name=re.compile("framegrid"))
    expect(status(region)).to_have_text("12 of 12 images", timeout=60_000)
    expect(tiles(region).nth(1).get_by_role("img")).to_be_visible()
    slider(region, "score minimum").press("ArrowRight")
    expect(status(region)).to_have_text("11 of 12 images")
    page.close()
