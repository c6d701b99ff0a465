"""`make demo`: the page it prints shows a live grid at once."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

DEMO = Path(__file__).parents[2] / "notebooks/demo.py"
NO_DISPLAY = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "WAYLAND_DISPLAY"}}


@pytest.fixture
def demo(tmp_path, make_photos):
    """The demo's process, on a folder of its own pictures."""
    photos = make_photos(tmp_path / "photos")
    command = [sys.executable, DEMO, photos, "--folder", tmp_path / "demo"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=NO_DISPLAY) as process:
        yield process
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0


def test_printed_page_shows_the_grid(demo, browser, tmp_path):
    url = next((line.strip() for line in demo.stdout if line.startswith("    http")), None)
    assert url, "the demo ended before it printed its address"
    page = browser.new_page()
    page.goto(url)
    grid = page.get_by_role("region", name="framegrid: my_photos")
    expect(grid).to_be_visible(timeout=60_000)
    expect(grid.get_by_role("status").first).to_have_text("6 of 6 images")
    there = {path.name for path in (tmp_path / "demo").glob("*.ipynb")}
    assert there == {path.name for path in DEMO.parent.glob("*.ipynb")}
    page.close()
