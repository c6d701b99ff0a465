"""Archives in a notebook: a shard and a zip, their damage, and where a picture is."""

import json

from playwright.sync_api import expect

from archive_files import picture, write_tar, write_zip
from grid_fixtures import slider, status, tile

SHOW = """
import framegrid as fg
dataset = fg.ImageDataset.create("pictures")
report = dataset.add_images_from_path(["shard.tar", "photos.zip"], progress=False)
grid = dataset.show(sort="file_name")
grid
"""
AGAIN = """
dataset.close()
dataset = fg.ImageDataset.load("pictures")
grid = dataset.show()
grid
"""
REPLACE = """
with open("photos.zip", "r+b") as file:
    file.truncate(300)
grid = dataset.show()
grid
"""


def written(folder):
    """A shard of eight samples and a zip of two folders, one member of each damaged."""
    shard = {"bad.jpg": b"no image"}
    for number in range(8):
        shard[f"{number:03d}.jpg"] = picture(number % 4, "JPEG")
        shard[f"{number:03d}.json"] = json.dumps({"score": number / 8}).encode()
    write_tar(folder / "shard.tar", shard)
    write_zip(folder / "photos.zip", {"cats/a.png": picture(), "dogs/b.png": picture(2)})


def test_pictures_in_archives_are_seen_filtered_and_found(lab):
    written(lab.folder)
    lab.open(SHOW, AGAIN, REPLACE)
    lab.run(0)
    region = lab.page.get_by_role("region", name="framegrid: pictures").first
    expect(status(region)).to_have_text("10 of 10 images")
    assert lab.kernel.eval("[reason for _, reason in report.broken]") == [
        "not an image: no known format"
    ]
    for number in range(10):
        expect(tile(region, number).locator("img").first).to_be_visible()

    slider(region, "score minimum").focus()
    lab.page.keyboard.press("End")
    lab.kernel.until("list(grid.filtered['file_name']) == ['007.jpg']")
    lab.page.keyboard.press("Home")
    lab.kernel.until("len(grid.filtered) >= 8")

    found = lab.kernel.eval("dataset.df.query('file_name == \"b.png\"').index[0].item()")
    lab.kernel.run(f"grid.filters = {{}}; grid.active = {found}")
    detail = region.get_by_role("dialog", name="b.png")
    expect(detail.locator("img").first).to_be_visible()
    expect(detail.get_by_role("row", name="place")).to_contain_text("dogs/b.png in photos.zip")
    expect(detail.get_by_role("row", name="file_path_abs")).to_contain_text("zip://dogs/b.png::/")
    assert lab.kernel.eval(f"dataset.get_sample({found}).open().size") == (96, 96)
    lab.page.keyboard.press("Escape")


def test_a_dataset_of_archives_comes_back_and_a_damaged_archive_has_reasons(lab):
    written(lab.folder)
    lab.open(SHOW, AGAIN, REPLACE)
    lab.run(0)
    lab.run(1)
    region = lab.page.get_by_role("region", name="framegrid: pictures").last
    for number in range(10):
        expect(tile(region, number).locator("img").first).to_be_visible()
    cut = lab.kernel.eval("dataset.df.query('file_name == \"b.png\"').index[0].item()")
    lab.run(2)
    region = lab.page.get_by_role("region", name="framegrid: pictures").last
    expect(tile(region, cut)).to_contain_text("no such member in the archive")
    expect(tile(region, 0).locator("img").first).to_be_visible()
