"""Two keys against each other: a rectangle is a filter on both, by real mouse and keys."""

import re
import threading

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

import framegrid as fg
from axe import violations
from grid_fixtures import samples, slider, status
from waiting import wait_until

SAMPLES = 200


@pytest.fixture
def dataset(tmp_path, make_photos):
    paths = sorted(map(str, make_photos(tmp_path / "photos", 12).iterdir()))
    frame = pd.DataFrame({"path": np.resize(paths, SAMPLES)})
    rng = np.random.default_rng(0)
    frame["score"] = rng.integers(0, 80, SAMPLES) / 4
    frame["loss"] = rng.normal(size=SAMPLES)
    frame.loc[::10, "score"] = np.nan
    frame.loc[1::50, "loss"] = np.inf
    frame["stars"], frame["votes"] = rng.integers(1, 6, SAMPLES), rng.integers(1, 5, SAMPLES)
    frame["gps"] = [{"lat": 46 + lat, "lon": 8 + lon} for lat, lon in rng.normal(size=(SAMPLES, 2))]
    with fg.ImageDataset.from_dataframe(frame, path_column="path") as dataset:
        yield dataset


def opened(region, x, y):
    """The panel, and what a rectangle is drawn in."""
    plot = region.get_by_role("region", name=f"Plot of {x} and {y}")
    return plot, plot.get_by_role("application", name=f"Rectangle of {x} and {y}")


def plotted(grid, region, x, y, *, at):
    """Plot two keys by the button at one of them: the panel, where rectangles are drawn, a box."""
    region.get_by_role("group", name=at, exact=True).hover()
    region.get_by_role("button", name=f"Plot {at}").click()
    wait_until(lambda: grid.plot == [x, y])
    plot, plane = opened(region, x, y)
    expect(plot).to_contain_text("200 images")
    plane.hover()  # once it stands still
    return plot, plane, plane.bounding_box()


def drag(page, box, start, end):
    """Drag from a place to another, both as parts of a box, from its lower left."""
    for (x, y), press in ((start, page.mouse.down), (end, page.mouse.up)):
        at = box["x"] + x * box["width"], box["y"] + (1 - y) * box["height"]
        page.mouse.move(*at, steps=4)
        press()


def agrees(grid, region):
    """Whether the count is that of the query, which is none until a filter has come."""
    if not grid.query:
        return False
    shown = len(grid.dataset.df.query(grid.query))
    return status(region).inner_text() == f"{shown} of {SAMPLES} images" and 0 < shown < SAMPLES


def test_a_rectangle_by_mouse_is_two_filters_and_a_slider_moves_the_density(dataset, show):
    grid = fg.Grid(dataset, height=760)
    region = show(grid)[0].first
    page = region.page
    plot, plane, box = plotted(grid, region, "score", "loss", at="score")
    expect(plot).to_contain_text("200 images, 20 without score, 4 with infinite loss")
    drag(page, box, (0.3, 0.3), (0.7, 0.7))
    wait_until(lambda: list(grid.filters) == ["score", "loss"] and agrees(grid, region))
    before = dict(grid.filters["score"])
    assert 4 < before["min"] < 8
    assert 12 < before["max"] < 16
    # Its own filters leave the density as it is; it moves by a drag inside, and sideways only.
    expect(plot).to_contain_text("200 images")
    loss = dict(grid.filters["loss"])
    drag(page, box, (0.5, 0.5), (0.6, 0.5))
    wait_until(lambda: grid.filters["score"]["min"] > before["min"] and agrees(grid, region))
    assert grid.filters["loss"] == loss
    assert violations(region) == []
    plot.get_by_role("button", name="Clear the rectangle").click()
    wait_until(lambda: not grid.filters)
    thumb = slider(region, "stars maximum")
    thumb.focus()
    for stars in (4, 3, 2):
        page.keyboard.press("ArrowLeft")
        count = int((dataset.df["stars"] <= stars).sum())
        expect(plot).to_contain_text(f"{count} images")
    # A cell has as many samples as pandas counts there, and shows some of them.
    grid.filters = {}
    grid.plot = ["stars", "votes"]
    _, plane = opened(region, "stars", "votes")
    plane.hover()  # once it stands still
    box = plane.bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.6 * box["height"])
    pictures = region.get_by_role("list", name="Pictures in the cell")
    expect(pictures.get_by_role("img")).not_to_have_count(0)
    count = ((dataset.df["stars"] == 3) & (dataset.df["votes"] == 2)).sum()
    expect(pictures.locator("xpath=..")).to_have_text(
        f"{count} images stars 3 votes 2", use_inner_text=True
    )


def test_keys_draw_a_rectangle_and_zoom_until_cells_are_pictures(dataset, show):
    grid = fg.Grid(dataset, height=760, plot=["stars", "score"])
    region = show(grid)[0].first
    page = region.page
    plot, plane = opened(region, "stars", "score")
    expect(plot).to_contain_text("200 images")
    plot.get_by_role("combobox", name="Y axis").focus()
    for _ in range(3 + 1):
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(plane).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowUp")
    expect(plot).to_contain_text(re.compile(r"stars 4 . 5"))
    page.keyboard.press("Escape")
    assert grid.filters == {}
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Enter")
    wait_until(lambda: grid.filters.get("stars", {}).get("min") == 5 and agrees(grid, region))
    page.keyboard.press("Delete")
    wait_until(lambda: grid.filters == {})
    for _ in range(8):
        page.keyboard.press("+")
    expect(plane.get_by_role("img").first).to_be_visible()
    page.keyboard.press("0")
    expect(plane.get_by_role("img")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(samples(region)).to_be_focused()
    plot.get_by_role("button", name="Close the plot").click()
    wait_until(lambda: grid.plot == [])
    expect(samples(region)).to_be_focused()


def test_a_map_holds_the_view_while_a_loop_writes(dataset, show):
    grid = fg.Grid(dataset, height=760, group="stars")
    region = show(grid)[0].first
    page = region.page
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    plot, plane, box = plotted(grid, region, "gps.lon", "gps.lat", at="gps.lat")
    drag(page, box, (0.35, 0.4), (0.6, 0.65))
    wait_until(lambda: len(grid.filters) == 2 and agrees(grid, region))
    lat, lon = (grid.filters[f"gps.{name}"] for name in ("lat", "lon"))
    ratio = (lon["max"] - lon["min"]) / (lat["max"] - lat["min"])
    drawn = (0.25 * box["width"]) / (0.25 * box["height"]) / np.cos(np.radians(46))
    assert ratio == pytest.approx(drawn, rel=0.12)  # bounds are whole steps
    stopped = threading.Event()

    def write():
        place = 0
        while not stopped.is_set():
            gps = {"lat": 46 + place % 7 / 7, "lon": 7 + place % 5 / 3}
            dataset.get_sample(place % SAMPLES).metadata["gps"] = gps
            place += 1

    loop = threading.Thread(target=write)
    loop.start()
    try:
        for place in ("below", "away", "beside"):
            plot.get_by_role("button", name=f"Plot {place}").click()
            grid.sort, grid.group = f"-{'score' if place == 'away' else 'loss'}", ""
        expect(plot).to_contain_text("200 images")
        expect(plane).to_be_visible()
    finally:
        stopped.set()
        loop.join()
    wait_until(lambda: agrees(grid, region))
    dataset.drop_metadata("gps")
    expect(plot).to_have_count(0)
    assert grid.plot == []
    assert errors == []
