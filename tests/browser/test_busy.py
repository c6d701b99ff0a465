"""The grid while a cell runs and keeps Python's lock for itself."""

import re

import pytest
from playwright.sync_api import expect

from grid_fixtures import slider

# It leaves its watch in the page.
pytestmark = pytest.mark.own_page

MAKE = """
from pathlib import Path
from PIL import Image
import framegrid as fg

folder = Path("photos")
folder.mkdir()
for i in range(400):
    Image.new("RGB", (500, 374), (i * 7 % 256, 90, i % 256)).save(folder / f"{i:03}.jpg")
dataset = fg.ImageDataset.create("busy")
dataset.add_images_from_path(folder, progress=False)
grid = dataset.show(thumbnail_size=64, height=700)
grid
"""
# Right after the push that made the grid wider, and for as long as the test wants.
LOOP = """
grid.thumbnail_size = 72
running = True
while running:
    sum(range(100))
"""
SLEEP = """
import time
grid.thumbnail_size = 72
running = True
while running:
    time.sleep(0.01)
"""
WRITE = """
dataset.get_sample(0).metadata.update(count=0, wave=0)
grid.captions, grid.sort, grid.filters = ["count"], "-count", {"wave": (50, 450)}
running, count = True, 0
while running:
    count += 1
    dataset.get_sample(count % 400).metadata.update(count=count, wave=count % 503)
"""
# Collects what the page shows, frame by frame.
COLLECT = """() => {
  window.seen = { maximum: new Set(), status: new Set(), caption: new Set() };
  const look = () => {
    const within = selector => document.querySelector(`.framegrid ${selector}`);
    seen.maximum.add(within('[aria-label="count maximum"]')?.getAttribute("aria-valuemax"));
    seen.status.add(within("[role=status]")?.textContent);
    seen.caption.add(within("[role=option] .fg-caption:not(.fg-sorted)")?.title);
    requestAnimationFrame(look);
  };
  look();
}"""
# Of the last 400 counts at least 298 are shown, wherever the loop is stopped after a first round.
STREAMS = """() => Object.values(seen).every(texts => texts.size > 5)
  && [...seen.maximum].some(text => Number(text) > 1000)"""
# Of the tiles, in the order of the grid.
CAPTIONS = """tiles => tiles
  .sort((a, b) => a.ariaPosInSet - b.ariaPosInSet)
  .map(tile => [
    Number(tile.dataset.sampleId), tile.querySelector(".fg-caption:not(.fg-sorted)").title,
  ])"""
# Of the tiles on the screen, those with a picture.
PAINTED = """() => {
  const list = document.querySelector(".framegrid .fg-grid");
  const view = list.getBoundingClientRect();
  const shown = [...list.querySelectorAll("[role=option]")].filter(tile => {
    const { top, bottom } = tile.getBoundingClientRect();
    return bottom > view.top && top < view.bottom;
  });
  const painted = shown.filter(tile => {
    const img = tile.querySelector("img");
    return img && img.complete && img.naturalWidth > 0;
  });
  return shown.length >= 30 && painted.length === shown.length;
}"""
SCROLL = """() => {
  const list = document.querySelector(".framegrid .fg-grid");
  list.scrollTop = list.scrollHeight;
}"""
LONG_MS = 60_000
CAPTION = ".fg-caption:not(.fg-sorted)"


@pytest.fixture
def busy(lab):
    """Shows a grid, runs a cell that does not end by itself, and gives the grid's region."""

    def begin(cell):
        lab.open(MAKE, cell)
        lab.run(0)
        region = lab.page.get_by_role("region", name="framegrid: busy")
        expect(region.get_by_role("status").first).to_have_text(
            "400 of 400 images", timeout=LONG_MS
        )
        lab.start(1)
        return region

    yield begin
    lab.page.evaluate("jupyterapp.commands.execute('notebook:interrupt-kernel')")


@pytest.mark.parametrize("cell", [LOOP, SLEEP], ids=["loop", "sleep"])
def test_thumbnails_come_and_the_detail_view_opens(lab, busy, cell):
    region = busy(cell)
    # Before, the place that is kept while tiles grow would no longer be the end.
    expect(region.get_by_role("slider", name="Thumbnail size")).to_have_value("72")
    lab.page.evaluate(SCROLL)
    last = region.get_by_role("option").and_(lab.page.locator("[aria-posinset='400']"))
    expect(last).to_be_visible(timeout=LONG_MS)
    lab.page.wait_for_function(PAINTED, timeout=LONG_MS)
    last.dblclick()
    dialog = lab.page.get_by_role("dialog", name="399.jpg")
    picture = dialog.get_by_role("img", name="399.jpg").first
    expect(picture).to_be_visible(timeout=LONG_MS)
    row = dialog.get_by_role("row", name=re.compile("width"))
    expect(row).to_contain_text("500", timeout=LONG_MS)
    expect(lab.cell(1).locator(".jp-InputPrompt")).to_have_text("[*]:")


def test_a_loop_that_writes_streams_into_the_grid(lab, busy):
    region = busy(WRITE)
    lab.page.evaluate(COLLECT)
    lab.page.wait_for_function(STREAMS, timeout=LONG_MS)
    expect(lab.cell(1).locator(".jp-InputPrompt")).to_have_text("[*]:")
    lab.page.evaluate("jupyterapp.commands.execute('notebook:interrupt-kernel')")
    expect(lab.cell(1).locator(".jp-InputPrompt")).not_to_have_text("[*]:")
    rows = lab.kernel.eval("list(grid.filtered['count'].astype(int).items())")
    status = region.get_by_role("status").first
    expect(status).to_have_text(f"{len(rows)} of 400 images", timeout=LONG_MS)
    maximum = slider(region, "count maximum")
    expect(maximum).to_have_attribute(
        "aria-valuemax", str(lab.kernel.eval("int(dataset.df['count'].max())"))
    )
    tiles = region.get_by_role("listbox", name="Samples").get_by_role("option")
    first = tiles.and_(lab.page.locator("[aria-posinset='1']"))
    expect(first.locator(CAPTION)).to_have_attribute(
        "title", f"count: {rows[0][1]}", timeout=LONG_MS
    )
    shown = tiles.evaluate_all(CAPTIONS)
    assert len(shown) >= 30
    assert shown == [[id_, f"count: {count}"] for id_, count in rows[: len(shown)]]
