"""A Parquet file with pictures inside in a notebook: tiles, reasons, and where a picture is."""

from playwright.sync_api import expect

from grid_fixtures import status, tile
from picture_tables import cells, write_parquet

SHOW = """
import framegrid as fg
grid = fg.show("train-0.parquet", sort="file_name")
dataset = grid.dataset
grid
"""


def test_cells_are_seen_and_say_where_they_are(lab):
    write_parquet(
        lab.folder / "train-0.parquet",
        features={"label": {"names": ["cat", "dog"], "_type": "ClassLabel"}},
        image=[*cells(6), None],
        label=[0, 1, 0, 1, 0, 1, 0],
    )
    lab.open(SHOW)
    lab.run(0)
    region = lab.page.get_by_role("region", name="framegrid: untitled").first
    expect(status(region)).to_have_text("7 of 7 images")
    for number in range(6):
        expect(tile(region, number).locator("img").first).to_be_visible()
    expect(tile(region, 6)).to_contain_text("no picture: the cell is empty")

    lab.kernel.run("grid.filters = {'label': ['dog']}; grid.active = 3")
    expect(status(region)).to_have_text("3 of 7 images")
    detail = region.get_by_role("dialog", name="3.jpg")
    expect(detail.locator("img").first).to_be_visible()
    expect(detail.get_by_role("row", name="place row")).to_contain_text("row 3 of train-0.parquet")
    expect(detail.get_by_role("row", name="file_path_abs")).to_contain_text("parquet://image/3::/")
    assert lab.kernel.eval("dataset.get_sample(3).open().size") == (13, 8)
