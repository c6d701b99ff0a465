"""Both sides of a cut, and pictures at a slider's value, with real mouse and keys."""

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

import framegrid as fg
from axe import violations
from grid_fixtures import slider, status
from waiting import wait_until

SAMPLES = 60


@pytest.fixture
def dataset(tmp_path, make_photos):
    paths = sorted(map(str, make_photos(tmp_path / "photos", 12).iterdir()))
    frame = pd.DataFrame({"path": np.resize(paths, SAMPLES)})
    rng = np.random.default_rng(0)
    frame["score"] = rng.integers(0, 20, SAMPLES) / 4
    frame.loc[::10, "score"] = np.nan
    frame["label"] = np.where(frame.index % 2, "odd", "even")
    with fg.ImageDataset.from_dataframe(frame, path_column="path") as dataset:
        yield dataset


def pane(region, title):
    return region.get_by_role("listbox", name=title)


def ids(region, title):
    """Of the tiles on the screen, in their order."""
    tiles = pane(region, title).get_by_role("option").all()
    by_place = {int(t.get_attribute("aria-posinset")): t for t in tiles}
    return [int(by_place[place].get_attribute("data-sample-id")) for place in sorted(by_place)]


def nearest(frame, at):
    values = frame["score"].dropna().sort_index()
    below = values[values < at].sort_values(ascending=False, kind="stable")
    return list(below.index), list(values[values >= at].sort_values(kind="stable").index)


def shows(region, grid):
    """Whether both panes begin with the nearest rows by pandas."""
    if grid.cut is None:
        return False
    seen = [ids(region, title) for title in ("Below", "Above")]
    wanted = nearest(grid.filtered, grid.cut["at"])
    return all(
        len(part) >= min(4, len(whole)) and part == whole[: len(part)]
        for part, whole in zip(seen, wanted, strict=True)
    )


def place_of(region, sample_id):
    """How far down the page a tile of the grid is, in px."""
    tile = region.get_by_role("listbox", name="Samples").locator(f"[data-sample-id='{sample_id}']")
    box = tile.bounding_box() if tile.count() else None
    return box and round(box["y"])


def test_a_cut_moves_by_sample_by_percent_and_by_drag(dataset, show):
    grid = fg.Grid(dataset, height=700, thumbnail_size=200)
    region = show(grid)[0].first
    expect(status(region)).to_contain_text("60")
    region.get_by_role("listbox", name="Samples").press("End")
    last = SAMPLES - 1
    wait_until(lambda: place_of(region, last) is not None)
    before_cut = place_of(region, last)
    expect(slider(region, "score minimum")).to_be_visible()
    region.get_by_role("group", name="score", exact=True).hover()
    region.get_by_role("button", name="Cut by score").click()
    opened = region.get_by_role("region", name="Cut of score")
    cut = opened.get_by_role("slider", name="score cut")
    expect(cut).to_be_focused()
    wait_until(lambda: shows(region, grid))
    expect(opened).to_contain_text("6 missing")
    for key, sign in (("ArrowRight", 1), ("PageUp", 1), ("ArrowLeft", -1), ("PageDown", -1)):
        before = grid.cut["at"]
        cut.press(key)
        wait_until(lambda: (grid.cut["at"] - before) * sign > 0)  # noqa: B023 - waited for here
        wait_until(lambda: shows(region, grid))
    box = cut.bounding_box()
    region.page.mouse.move(box["x"] + 6, box["y"] + 6)
    region.page.mouse.down()
    region.page.mouse.move(box["x"] + 106, box["y"] - 6, steps=5)
    dragged = float(cut.get_attribute("aria-valuenow"))
    region.page.mouse.up()
    wait_until(lambda: grid.cut["at"] == dragged)
    grid.filters = {"label": ["odd"]}
    expect(opened).to_contain_text("0 missing")
    wait_until(lambda: shows(region, grid))
    assert violations(region) == []
    grid.filters = {}
    expect(opened).to_contain_text("6 missing")
    cut.press("Escape")
    expect(opened).to_have_count(0)
    assert grid.cut is None
    expect(region.get_by_role("listbox", name="Samples")).to_be_focused()
    wait_until(lambda: place_of(region, last) == before_cut)


def test_a_picture_of_a_cut_opens_and_leads_back_while_a_loop_writes(dataset, show):
    grid = fg.Grid(dataset, height=700, cut={"key": "score", "at": 2})
    region = show(grid)[0].first
    wait_until(lambda: shows(region, grid))
    first = nearest(grid.filtered, 2)[0][0]
    pane(region, "Below").get_by_role("option").first.click()
    detail = region.get_by_role("dialog")
    expect(detail).to_be_visible()
    wait_until(lambda: (grid.active, grid.cut) == (first, None))
    detail.get_by_role("button", name="Close").click()
    wait_until(lambda: (grid.active, grid.cut) == (None, {"key": "score", "at": 2}))
    for sample_id in nearest(grid.filtered, 2)[1][:3]:
        dataset.get_sample(sample_id).metadata["score"] = 1.99
    wait_until(lambda: shows(region, grid))
    grid.cut = {"key": "score", "at": 0}
    expect(region.get_by_role("region", name="Cut of score")).to_contain_text("No image is here")


def test_pictures_stand_at_the_value_of_a_thumb(dataset, show):
    grid = fg.Grid(dataset, height=700, filters={"label": ["odd"]})
    region = show(grid)[0].first
    page = region.page
    thumb = slider(region, "score minimum")
    pictures = region.get_by_role("list", name="Pictures at")
    odd = dataset.df[dataset.df["label"] == "odd"]["score"].dropna()

    def pictured():
        return pictures.get_by_role("img").count()

    thumb.hover()
    expect(pictures).to_have_accessible_name(f"Pictures at {odd.min():g} of score")
    wait_until(lambda: pictured() == 5)
    box = thumb.bounding_box()
    page.mouse.move(box["x"] + 6, box["y"] + 6)
    page.mouse.down()
    for step in range(1, 6):
        page.mouse.move(box["x"] + 6 + 20 * step, box["y"] + 6)
        strip, card = pictures.bounding_box(), region.bounding_box()
        handle = thumb.bounding_box()
        assert strip["y"] + strip["height"] <= handle["y"] or strip["y"] >= handle["y"] + 12
        assert card["x"] <= strip["x"]
        assert strip["x"] + strip["width"] <= card["x"] + card["width"]
    value = float(thumb.get_attribute("aria-valuenow"))
    expect(pictures).to_have_accessible_name(f"Pictures at {value:g} of score")
    page.mouse.up()
    page.mouse.move(600, 5)
    expect(pictures).to_have_count(0)
    slider(region, "score maximum").press("PageDown")
    expect(pictures).to_be_visible()
    assert violations(region) == []
    page.keyboard.press("Escape")
    expect(pictures).to_have_count(0)
    expect(slider(region, "score maximum")).to_be_focused()


def test_a_click_on_a_bar_narrows_to_it_and_shift_widens(dataset, show):
    grid = fg.Grid(dataset, height=700)
    region = show(grid)[0].first
    expect(slider(region, "score minimum")).to_be_visible()
    low, high = (slider(region, f"score {side}").bounding_box() for side in ("minimum", "maximum"))
    left, width = low["x"] + 6, high["x"] - low["x"]
    y = low["y"] - 15
    region.page.mouse.click(left + 0.5 * width, y)
    wait_until(lambda: "score" in grid.filters)
    narrow = grid.filters["score"]
    scores = dataset.df["score"].dropna()
    middle = (scores.min() + scores.max()) / 2
    assert narrow["min"] <= middle <= narrow["max"]
    assert narrow["max"] - narrow["min"] < (scores.max() - scores.min()) / 4
    passing = scores.between(narrow["min"], narrow["max"]).sum()
    expect(status(region)).to_have_text(f"{passing} of {SAMPLES} images")
    region.page.keyboard.down("Shift")
    region.page.mouse.click(left + 0.9 * width, y)
    region.page.keyboard.up("Shift")
    wait_until(lambda: grid.filters["score"]["max"] != narrow["max"])
    assert grid.filters["score"]["min"] == narrow["min"]
