"""The grid where there is little room, or little to show."""

import re

import pytest
from playwright.sync_api import expect

import framegrid as fg
from grid_fixtures import WIDTHS, drag, fits, scroller, slider, status, tiles

CUT = """(region) => {
  const outer = region.getBoundingClientRect();
  const cut = (button) => {
    const { left, right, top, bottom } = button.getBoundingClientRect();
    return left < outer.left || right > outer.right || top < outer.top || bottom > outer.bottom;
  };
  return [...region.querySelectorAll("header button, header select, header input")]
    .filter((control) => !control.closest("[role=group], [inert], li") && cut(control))
    .map((control) => control.ariaLabel);
}"""


@pytest.fixture
def dataset(make_photos, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make_photos(tmp_path / "some", 40)
    with fg.ImageDataset.create("some") as dataset:
        dataset.add_images_from_path(tmp_path / "some", progress=False)
        keys = {f"a key {key}": 0.5 for key in range(9)}
        dataset.update_metadata([(i, {**keys, "score": i / 2}) for i in range(40)])
        yield dataset


def narrow(region, width, height=900):
    region.page.set_viewport_size({"width": width, "height": height})
    return region


def whole(region):
    """Nothing of its bars lies outside, once it has the width of its page."""
    region.page.wait_for_function(
        f"(region) => !({CUT})(region).length", arg=region.element_handle()
    )


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("height", [240, 640])
def test_no_control_is_cut(dataset, show, width, height):
    grid = fg.Grid(dataset, height=height, filters={"score": (1, 19), "width": (0, None)})
    region, _ = show(grid)
    narrow(region, width)
    expect(status(region)).to_have_text(re.compile("of 40 images"))
    whole(region)
    region.get_by_role("button", name="Captions").click()
    menu = region.get_by_role("group", name="Captions")
    outer, inner = region.bounding_box(), menu.bounding_box()
    assert inner["x"] >= outer["x"]
    assert inner["x"] + inner["width"] <= outer["x"] + outer["width"]
    assert inner["y"] + inner["height"] <= outer["y"] + outer["height"]
    region.get_by_role("checkbox", name="a key 8").check()
    region.page.keyboard.press("Escape")
    tiles(region).first.dblclick()
    expect(region.get_by_role("dialog")).to_be_visible()
    fits(region)
    whole(region)
    region.get_by_role("button", name="Close").click()
    expect(region.get_by_role("dialog")).to_have_count(0)
    grid.selected, grid.group, grid.compared = [2, 3, 4], "score", [2, 3, 4]
    expect(region.get_by_role("dialog", name="Compare 3 images")).to_be_visible()
    whole(region)


def test_the_toolbar_takes_no_more_than_two_rows(dataset, show):
    region, _ = show(fg.Grid(dataset, filters={"score": (1, 19)}))
    expect(status(region)).to_have_text(re.compile("of 40 images"))
    toolbar = status(region).locator("..")
    for width in (320, 400, 640, 900):
        narrow(region, width)
        two_rows = "(toolbar) => toolbar.offsetHeight < 76"
        region.page.wait_for_function(two_rows, arg=toolbar.element_handle())


def test_the_drawer_is_used_by_pointer_and_the_sidebar_is_back_where_there_is_room(dataset, show):
    grid = fg.Grid(dataset)
    region, _ = show(grid)
    toggle = region.get_by_role("button", name="Filters", exact=True)
    first = region.get_by_role("slider", name="width minimum")
    expect(first).to_be_visible()
    narrow(region, 500)
    expect(first).to_have_count(0)
    toggle.click()
    slider(region, "score minimum").scroll_into_view_if_needed()
    drag(region.page, slider(region, "score minimum"), 40)
    expect(status(region)).not_to_have_text("40 of 40 images")
    region.page.mouse.click(480, 300)
    expect(first).to_have_count(0)
    narrow(region, 1000)
    expect(first).to_be_visible()
    toggle.click()
    narrow(region, 500)
    narrow(region, 1000)
    expect(first).to_have_count(0)


def test_few_images_take_the_height_they_need(dataset, show):
    grid = fg.Grid(dataset, thumbnail_size=64)
    region, _ = show(grid)
    expect(status(region)).to_have_text("40 of 40 images")
    narrow(region, 1000)
    few = region.bounding_box()["height"]
    assert few < 640
    content = scroller(region).evaluate(
        "({ scrollHeight, clientHeight }) => [scrollHeight, clientHeight]"
    )
    assert content[0] == content[1]
    slider(region, "score minimum").press("End")
    expect(status(region)).to_have_text("1 of 40 images")
    assert region.bounding_box()["height"] == few
    grid.thumbnail_size = 256
    expect(region).to_have_css("height", "640px")
    grid.height = 400
    expect(region).to_have_css("height", "400px")


def test_full_window_covers_the_page_and_gives_it_back(dataset, show):
    region, _ = show(fg.Grid(dataset, height=300))
    region.page.evaluate("document.body.style.cssText = 'contain: strict; height: 400px'")
    before = region.bounding_box()
    button = region.get_by_role("button", name="Full window")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert region.bounding_box() == {"x": 0, "y": 0, "width": 1200, "height": 900}
    fits(region)
    slider(region, "width minimum").press("Escape")
    expect(button).to_have_attribute("aria-pressed", "false")
    assert region.bounding_box() == before


@pytest.mark.parametrize("sort", ["", "score"])
def test_room_is_kept_for_few_images_before_they_are_here(dataset, show, sort):
    grid = fg.Grid(dataset, thumbnail_size=64, captions=["score", "width"], sort=sort)
    region, comm = show(grid)
    expect(status(region)).to_have_text("40 of 40 images")
    narrow(region, 1000)
    few = region.bounding_box()["height"]
    assert few < 640
    comm.idle.clear()
    try:
        region.page.reload()
        expect(region.locator(".fg-shimmer").nth(39)).to_be_visible()
        assert region.bounding_box()["height"] == few
    finally:
        comm.idle.set()
    expect(status(region)).to_have_text("40 of 40 images")
    expect(tiles(region).first).to_be_visible()
    assert region.bounding_box()["height"] == few
