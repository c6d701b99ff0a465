"""Takes the README's pictures in a real JupyterLab: `make screenshots`."""

import tempfile
from io import BytesIO
from pathlib import Path
from shutil import copy, rmtree

import pytest
from PIL import Image
from playwright.sync_api import expect

from grid_fixtures import slider, tiles

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
IMAGES = NOTEBOOKS / "images"
MAKE = """
from photographs import photographs

import framegrid as fg

dataset = fg.ImageDataset.create("photos")
dataset.add_images_from_path(photographs({photos!r}), exif=True, progress=False)
measure = fg.features.combine(fg.features.luminance, fg.features.sharpness)
dataset.compute_metadata(measure, progress=False)
"""
SHOW = "grid = dataset.show(captions=['camera'], sort='captured', height=640); grid"
PAINTED = """() => [...document.querySelectorAll(".framegrid img")]
  .every(img => img.complete && img.naturalWidth > 0)"""


@pytest.fixture
def photos():
    """A folder whose path is fit to be seen."""
    folder = Path(tempfile.gettempdir(), "holiday")
    yield folder
    rmtree(folder)


def take(lab, region, name):
    """Save a picture of the grid: JPEG, a fifth of a PNG's size."""
    lab.page.wait_for_function(PAINTED)
    lab.page.mouse.move(0, 0)
    with Image.open(BytesIO(region.screenshot(animations="disabled"))) as image:
        IMAGES.mkdir(exist_ok=True)
        image.convert("RGB").save(IMAGES / f"{name}.jpg", quality=90)


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_take(lab, photos, theme):
    copy(NOTEBOOKS / "photographs.py", lab.folder)
    lab.page.set_viewport_size({"width": 1440, "height": 1000})
    lab.open(MAKE.format(photos=str(photos)), SHOW)
    lab.theme(theme)
    lab.page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
    lab.run(0)
    lab.run(1)
    region = lab.page.get_by_role("region", name="framegrid: photos")
    expect(slider(region, "sharpness minimum")).to_be_visible()
    lab.kernel.run("grid.filters = {'sharpness': (60, None), 'luminance': (0.2, None)}")
    slider(region, "width minimum")  # back to the top
    expect(tiles(region).first.locator("img")).to_be_visible()
    take(lab, region, f"grid-{theme.lower()}")
    tiles(region).nth(2).dblclick()
    expect(region.get_by_role("dialog").get_by_role("row", name="camera")).to_be_visible()
    take(lab, region, f"detail-{theme.lower()}")
    lab.kernel.run("grid.active = None; grid.filters = {}; grid.group = 'folder'")
    expect(region.get_by_role("group", name="folder:").first).to_be_visible()
    take(lab, region, f"sections-{theme.lower()}")
    lab.kernel.run("grid.group = ''; grid.cut = {'key': 'sharpness', 'at': 60}")
    expect(region.get_by_role("listbox", name="Above").locator("img").first).to_be_visible()
    take(lab, region, f"cut-{theme.lower()}")
    lab.kernel.run("grid.compared = dataset.df.index[:3]")
    expect(region.get_by_role("dialog", name="Compare 3 images")).to_be_visible()
    take(lab, region, f"compare-{theme.lower()}")
