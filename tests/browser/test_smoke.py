"""The shortest way to a grid."""

from playwright.sync_api import expect

from grid_fixtures import IN_BOTH

CELL = """
import framegrid as fg

dataset = fg.ImageDataset.create("smoke")
dataset.add_images_from_path("photos", progress=False)
dataset.show()
"""


@IN_BOTH
def test_a_folder_becomes_a_grid(lab, make_photos):
    make_photos(lab.folder / "photos", count=6)
    lab.open(CELL)
    lab.run(0)
    grid = lab.page.get_by_role("region", name="framegrid: smoke")
    expect(grid.get_by_role("status")).to_have_text("6 of 6 images")
    samples = grid.get_by_role("listbox", name="Samples")
    expect(samples.get_by_role("option")).to_have_count(6)
