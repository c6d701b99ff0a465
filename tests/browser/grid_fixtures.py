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

IN_BOTH = pytest.mark.parametrize("lab", APPS, indirect=True)
"""Runs a test in JupyterLab and in Notebook 7."""


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


def status(region: Locator) -> Locator:
    """The count."""
    return region.get_by_role("status").first


def samples(region: Locator) -> Locator:
    """The list that holds the tiles."""
    return region.get_by_role("listbox", name="Samples")


def tiles(region: Locator) -> Locator:
    """The tiles on the page, by slot."""
    return samples(region).get_by_role("option")


def tile(region: Locator, sample_id: int) -> Locator:
    """The tile of a sample."""
    return region.locator(f"[data-sample-id='{sample_id}']")


def slider(region: Locator, name: str) -> Locator:
    """A slider's thumb."""
    return region.get_by_role("slider", name=name, exact=True)


def drag(page: Page, thumb: Locator, by: float) -> None:
    """Drag a slider's thumb with the mouse, in many small moves."""
    box = thumb.bounding_box()
    assert box, "the thumb is not on the page"
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by, y, steps=12)
    page.mouse.up()
