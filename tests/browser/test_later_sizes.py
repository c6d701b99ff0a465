"""A frame without sizes: they come while the grid is open."""

from pathlib import Path

from playwright.sync_api import expect

from grid_fixtures import key_filter, slider, status, tiles

MAKE = """
from pathlib import Path
import pandas as pd
import framegrid as fg
from framegrid.dataset.ingest import from_frame as frames, later_sizes

frames.SIZES_READ_AT_ONCE = 0  # as if there were very many
later_sizes._AT_ONCE, later_sizes._FIRST_S, later_sizes._LAST_S = 1, 0, 0
read, going = later_sizes.read_size, 0

def when_let(path):
    while not Path("go").exists() or going >= int(Path("go").read_text()):
        __import__("time").sleep(0.01)
    return read(path)

def counted(path):
    global going
    size = when_let(path)
    going += 1
    return size

later_sizes.read_size = counted
frame = pd.DataFrame({"path": sorted(map(str, Path("photos").resolve().iterdir()))})
frame["rank"] = range(len(frame))
"""
SHOW = """
grid = fg.show(frame, filters=FILTERS)
grid
"""


def let(lab, count):
    going = Path(lab.folder / "next")
    going.write_text(str(count))
    going.replace(lab.folder / "go")


def opened(lab, make_photos, filters):
    make_photos(lab.folder / "photos", count=6)
    lab.open(MAKE, SHOW.replace("FILTERS", filters))
    lab.run(0)
    lab.run(1)
    region = lab.page.get_by_role("region", name="framegrid: untitled")
    expect(key_filter(region, "rank")).to_be_visible(timeout=20_000)
    return region


def test_sliders_of_sizes_come_when_there_are_some(lab, make_photos):
    region = opened(lab, make_photos, "{}")
    expect(tiles(region)).to_have_count(6)
    nothing = region.get_by_text("No sample has a value")
    expect(region.get_by_role("group", name="width", exact=True)).to_have_count(0)
    expect(nothing).to_have_count(0)
    let(lab, 3)
    expect(slider(region, "width maximum")).to_have_attribute("aria-valuemax", "80")
    expect(region.get_by_text("Reading sizes: 3 of 6")).to_be_visible()
    let(lab, 6)
    expect(slider(region, "width maximum")).to_have_attribute("aria-valuemax", "104")
    expect(region.get_by_text("Reading sizes")).to_have_count(0)
    expect(nothing).to_have_count(0)


def test_a_filter_by_a_size_holds_before_there_are_any(lab, make_photos):
    region = opened(lab, make_photos, "{'width': (80, 100)}")
    expect(status(region)).to_have_text("0 of 6 images")
    let(lab, 6)
    expect(status(region)).to_have_text("3 of 6 images")
    assert lab.kernel.eval("len(grid.filtered)") == 3
