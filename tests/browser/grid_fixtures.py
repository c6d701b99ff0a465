"""An open grid of generated photos, and where its parts are on the page."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from lab import APPS, Lab

MAKE = """
from pathlib import Path
from PIL import Image
import framegrid as fg

folder = Path("photos")
folder.mkdir()
for i in range({count}):
    picture = Image.new("RGB", (60 + i % 40, 48), (i * 7 % 256, 90, 255 - i * 7 % 256))
    picture.save(folder / f"photo-{{i:04}}.jpg")
dataset = fg.ImageDataset.create("small")
dataset.add_images_from_path(folder, progress=False)
dataset.update_metadata([
    (i, {{"temperature": 10 + i / 2, "weather": ["sunny", "rain"][i % 2]}})
    for i in range({count} - 3)
])
"""
SHOW = "grid = dataset.show(); grid"
PHOTOS = """\
import datetime as dt, math, random, threading, time
from pathlib import Path
from PIL import Image
import framegrid as fg

COUNT, dice = {count}, random.Random(0)
(folder := Path("photos")).mkdir()
for i in range(COUNT):
    Image.new("RGB", (40 + i % 5, 48), (i * 5 % 256, 90, 120)).save(folder / f"photo-{{i:04}}.jpg")
dataset = fg.ImageDataset.create("small")
dataset.add_images_from_path(folder, progress=False)
"""
AGREE = (
    "(set(grid.filtered.index) == set(dataset.df.query(grid.query).index)) and len(grid.filtered)"
)

IN_BOTH = pytest.mark.parametrize("lab", APPS, indirect=True)
"""Runs a test in JupyterLab and in Notebook 7."""

WIDTHS = (400, 640, 1500)
"""Of panes, in px: narrow, just enough for the sidebar beside the grid, and wide."""


@pytest.fixture
def open_grid(lab: Lab) -> Callable[..., Locator]:
    """Opens a notebook with a grid of generated photos and gives the grid's region."""

    def opener(count: int = 60, show: str = SHOW, more: Any = ()) -> Locator:
        lab.open(MAKE.format(count=count), show, *more)
        lab.run(0)
        lab.run(1)
        region = lab.page.get_by_role("region", name="framegrid: small")
        expect(status(region)).to_have_text(re.compile("images"), timeout=20_000)
        return region

    return opener


def small_grid(lab: Lab, count: int, values: str, *cells: str) -> Locator:
    """The region of a grid of generated photos whose metadata the code of `values` gives."""
    lab.open(PHOTOS.format(count=count) + values, *cells)
    lab.run(0)
    lab.run(1)
    region = lab.page.get_by_role("region", name="framegrid: small")
    expect(status(region)).to_have_text(f"{count} of {count} images", timeout=20_000)
    return region


def status(region: Locator) -> Locator:
    """The count."""
    return region.get_by_role("status").first


def samples(region: Locator) -> Locator:
    """The list that holds the tiles."""
    return region.get_by_role("listbox", name="Samples")


def scroller(region: Locator) -> Locator:
    """What scrolls: the list of tiles with the headers of sections."""
    return region.locator(".fg-grid")


def tiles(region: Locator) -> Locator:
    """The tiles on the page, by slot."""
    return samples(region).get_by_role("option")


def tile(region: Locator, sample_id: int) -> Locator:
    """The tile of a sample."""
    return region.locator(f"[data-sample-id='{sample_id}']")


def key_filter(region: Locator, key: str) -> Locator:
    """The filter of a key, scrolled to: what is far below the screen is not loaded."""
    group = region.get_by_role("group", name=key, exact=True)
    group.scroll_into_view_if_needed()
    return group


def slider(region: Locator, name: str) -> Locator:
    """A slider's thumb: "KEY minimum" or "KEY maximum"."""
    key = name.rpartition(" ")[0]
    return key_filter(region, key).get_by_role("slider", name=name, exact=True)


def value_box(region: Locator, key: str, value: str) -> Locator:
    """The checkbox of a value of a key."""
    return key_filter(region, key).get_by_role("checkbox", name=f"{key}: {value}", exact=True)


OVERFLOWING = """(region) => {
  const around = [];
  for (let outer = region.parentElement; outer; outer = outer.parentElement) around.push(outer);
  const scrolls = (element) => {
    const { overflowX, scrollbarWidth } = getComputedStyle(element);
    return scrollbarWidth !== "none" && ["auto", "scroll"].includes(overflowX);
  };
  const parts = [...around, ...region.querySelectorAll("*")].filter(scrolls);
  return [document.documentElement, region, ...parts]
    .filter(({ clientWidth, scrollWidth }) => clientWidth && scrollWidth > clientWidth)
    .map((element) => `${element.outerHTML.slice(0, 90)} ${element.scrollWidth}`);
}"""


def fits(region: Locator) -> None:
    """Nothing in or around the grid has to be scrolled sideways."""
    assert region.evaluate(OVERFLOWING) == []


def drag(page: Page, thumb: Locator, by: float) -> None:
    """Drag a slider's thumb with the mouse, in many small moves."""
    box = thumb.bounding_box()
    assert box, "the thumb is not on the page"
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by, y, steps=12)
    page.mouse.up()


def only(region: Locator, key: str) -> None:
    """Leave one key in the sidebar, so that it is on the screen."""
    region.get_by_role("searchbox", name="Search keys").fill(key)
    expect(region.get_by_role("group", name=key, exact=True)).to_be_visible()


def box(region: Locator, name: str) -> Locator:
    """The text box of an end of a slider, such as "blur minimum"."""
    return region.get_by_role("textbox", name=f"{name} value", exact=True)


def agree(lab: Lab, region: Locator, total: int = 200) -> int:
    """How many samples pass: for the grid, for pandas by its query, and on the screen."""
    count: int = lab.kernel.eval(AGREE)
    expect(status(region)).to_have_text(f"{count} of {total} images")
    return count
