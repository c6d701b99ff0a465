"""Selecting in a real JupyterLab, with the mouse, the keyboard, a finger and from Python."""

import pytest
from playwright.sync_api import expect

from grid_fixtures import samples, scroller, slider, status, tile


def bar(region):
    return region.get_by_role("group", name="Selection")


def test_all_that_match_invert_and_clear(lab, open_grid):
    region = open_grid(more=["grid.filters = {'weather': ['rain']}"])
    lab.run(2)
    expect(status(region)).to_have_text("28 of 60 images")
    tile(region, 1).click()
    expect(bar(region)).to_contain_text("1 selected")
    bar(region).get_by_role("button", name="Invert selection").click()
    expect(bar(region)).to_contain_text("27 selected")
    lab.kernel.until("grid.selected == list(range(3, 57, 2))")
    bar(region).get_by_role("button", name="Select all 28").click()
    lab.kernel.until("grid.selected == list(range(1, 57, 2))")
    bar(region).get_by_role("button", name="Clear selection").click()
    lab.kernel.until("grid.selected == []")
    expect(samples(region)).to_be_focused()


def test_selecting_by_keyboard_alone(lab, open_grid):
    region = open_grid()
    samples(region).focus()
    lab.page.keyboard.press("Home")
    lab.page.keyboard.press("ArrowRight")
    lab.page.keyboard.press("Space")
    lab.kernel.until("grid.selected == [1]")
    for _ in range(3):
        lab.page.keyboard.press("Shift+ArrowRight")
    lab.kernel.until("grid.selected == [1, 2, 3, 4]")
    lab.page.keyboard.press("Shift+ArrowLeft")
    lab.kernel.until("grid.selected == [1, 2, 3]")
    lab.page.keyboard.press("Control+a")
    lab.kernel.until("len(grid.selected) == 60")
    lab.page.keyboard.press("Escape")
    lab.kernel.until("grid.selected == []")


def test_shift_extends_from_what_python_selected(lab, open_grid):
    region = open_grid()
    tile(region, 7).click()
    lab.kernel.until("grid.selected == [7]")
    lab.kernel.run("grid.selected = [2]")
    expect(tile(region, 2)).to_have_attribute("aria-selected", "true")
    tile(region, 5).click(modifiers=["Shift"])
    lab.kernel.until("grid.selected == [2, 3, 4, 5]")
    tile(region, 4).click(modifiers=["Shift"])
    lab.kernel.until("grid.selected == [2, 3, 4]")


def test_a_selection_survives_filters_and_sort(lab, open_grid):
    region = open_grid(more=["grid.filters = {'weather': ['rain']}; grid.sort = '-temperature'"])
    tile(region, 0).click()
    tile(region, 3).click(modifiers=["Control"])
    lab.run(2)
    expect(status(region)).to_have_text("28 of 60 images")
    expect(bar(region)).to_contain_text("2 selected")
    slider(region, "temperature minimum").focus()
    lab.page.keyboard.press("PageUp")
    lab.kernel.until("grid.selected == [0, 3]")


@pytest.mark.own_page
def test_a_finger_opens_and_a_long_press_selects(lab, open_grid):
    region = open_grid()
    session = lab.page.context.new_cdp_session(lab.page)

    def finger(kind, sample_id=None):
        box = tile(region, sample_id).bounding_box() if sample_id is not None else None
        points = [{"x": box["x"] + 30, "y": box["y"] + 30}] if box else []
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    finger("touchStart", 2)
    expect(tile(region, 2)).to_have_attribute("aria-selected", "true")
    finger("touchEnd")
    lab.kernel.until("grid.selected == [2]")
    finger("touchStart", 5)
    finger("touchEnd")
    lab.kernel.until("grid.selected == [2, 5]")
    lab.kernel.run("grid.selected = []")
    expect(bar(region)).to_have_count(0)
    finger("touchStart", 5)
    finger("touchEnd")
    expect(region.get_by_role("dialog", name="photo-0005.jpg")).to_be_visible()


def middle(region, sample_id, dx=0.5, dy=0.5):
    box = tile(region, sample_id).bounding_box()
    return box["x"] + box["width"] * dx, box["y"] + box["height"] * dy


def draw(page, start, end):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=6)
    page.mouse.up()


def test_a_mouse_drawn_over_tiles_selects_them(lab, open_grid):
    region = open_grid()
    columns = tile(region, 0).evaluate(
        "t => [...t.parentElement.children].filter(o => o.offsetParent && "
        "o.getBoundingClientRect().top === t.getBoundingClientRect().top).length"
    )
    draw(lab.page, middle(region, 0), middle(region, columns + 1))
    lab.kernel.until(f"grid.selected == [0, 1, {columns}, {columns + 1}]")
    expect(bar(region)).to_contain_text("4 selected")
    draw(lab.page, middle(region, columns + 2), middle(region, 2))
    lab.kernel.until(f"grid.selected == [2, {columns + 2}]")
    lab.page.keyboard.down("Control")
    draw(lab.page, middle(region, 0, 0.2), middle(region, 0, 0.8))
    lab.page.keyboard.up("Control")
    lab.kernel.until(f"grid.selected == [0, 2, {columns + 2}]")
    expect(region.get_by_role("dialog")).to_have_count(0)
    tile(region, 1).click()
    lab.kernel.until("grid.selected == [1]")


def test_a_mouse_drawn_below_the_grid_scrolls_it(lab, open_grid):
    region = open_grid(show="grid = dataset.show(height=300, thumbnail_size=160); grid")
    start = middle(region, 0)
    box = scroller(region).bounding_box()
    lab.page.mouse.move(*start)
    lab.page.mouse.down()
    lab.page.mouse.move(start[0], start[1] + 40, steps=3)
    lab.page.mouse.move(start[0], box["y"] + box["height"] + 30, steps=3)
    lab.kernel.until("len(grid.selected) > 4")
    lab.page.mouse.up()
    assert scroller(region).evaluate("list => list.scrollTop") > 0
    assert lab.kernel.eval("grid.selected[0]") == 0


def test_what_is_selected_and_hidden_is_said_and_opening_keeps_it(lab, open_grid):
    region = open_grid()
    tile(region, 4).click()
    tile(region, 7).click(modifiers=["Control"])
    lab.kernel.until("grid.selected == [4, 7]")
    tile(region, 2).dblclick()
    lab.kernel.until("grid.active == 2 and grid.selected == [4, 7]")
    lab.page.keyboard.press("Escape")
    lab.kernel.run("grid.filters = {'weather': ['rain']}")
    expect(bar(region)).to_contain_text("2 selected, 1 hidden by the filters")
    lab.kernel.run("grid.selected = [4]")
    expect(bar(region)).to_contain_text("1 selected, hidden by the filters")
    lab.kernel.run("grid.filters = {}")
    expect(bar(region)).not_to_contain_text("hidden")
