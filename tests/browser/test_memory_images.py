"""Pictures in memory in a notebook, and beside the dataset once it is saved."""

from playwright.sync_api import expect

from grid_fixtures import slider, tile

MAKE = """
import numpy as np
import framegrid as fg
from PIL import Image

images = [Image.new("RGB", (60 + n, 48), (40 * n, 90, 200)) for n in range(4)]
data = [*zip(images, [5, 6, 7, 8]), (np.zeros((24, 100)), 9)]
"""
SHOW = "grid = fg.show(data)\ngrid"
SAVE = "grid.dataset.save('kept')\nreport = grid.dataset.add_images([np.ones((30, 20))])"


def test_pictures_show_before_and_after_they_are_saved(lab):
    lab.open(MAKE, SHOW, SAVE)
    for cell in range(2):
        lab.run(cell)
    region = lab.page.get_by_role("region", name="framegrid: untitled")
    for number in range(5):
        expect(tile(region, number).locator("img").first).to_be_visible()
    expect(slider(region, "width maximum")).to_have_attribute("aria-valuemax", "100")
    expect(slider(region, "label minimum")).to_have_attribute("aria-valuemin", "5")
    lab.run(2)
    region = lab.page.get_by_role("region", name="framegrid: kept")
    expect(tile(region, 5).locator("img").first).to_be_visible()
    tile(region, 3).dblclick()
    detail = region.get_by_role("dialog", name="image-3.png")
    expect(detail.locator("img").first).to_be_visible()
    lab.kernel.until("grid.active == 3", seconds=60)
    assert lab.kernel.eval("grid.dataset.get_sample(3).open().size") == (63, 48)
    assert (lab.folder / "kept.images" / "0002.parquet").is_file()
