"""Which keys are the grid's and which the notebook's, and who has the focus."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError as TimedOut
from playwright.sync_api import expect

from grid_fixtures import IN_BOTH, samples, status, tiles

pytestmark = pytest.mark.own_page

MARK_SAVES = """() => {
  window.saves = 0;
  const { context } = jupyterapp.shell.currentWidget;
  context.saveState.connect((_, state) => { saves += state === "completed"; });
}"""
CELLS = ".jp-Notebook .jp-Cell"
FOCUSED_INSIDE = "(region) => region.contains(document.activeElement)"


def save(page):
    """Save by keyboard; JupyterLab drops it while the last save is under way."""
    for _ in range(10):
        page.keyboard.press("Control+s")
        with suppress(TimedOut):
            page.wait_for_function("saves > 0", timeout=3_000)
            return
    raise AssertionError("the notebook was not saved")


@IN_BOTH
def test_shortcuts_reach_the_notebook_and_plain_keys_do_not(lab, open_grid):
    region = open_grid()
    lab.page.evaluate(MARK_SAVES)
    keyboard = lab.page.keyboard
    tiles(region).first.click()
    for control in (samples(region), region.get_by_role("searchbox", name="Search keys")):
        control.focus()
        lab.page.evaluate("saves = 0")  # the notebook may save by itself meanwhile
        lab.page.evaluate("jupyterapp.shell.currentWidget.context.model.dirty = true")
        save(lab.page)
    keyboard.type("xdd")
    expect(region.get_by_role("searchbox", name="Search keys")).to_have_value("xdd")
    samples(region).focus()
    keyboard.press("Control+a")
    expect(region.get_by_text("60 selected")).to_be_visible()
    lab.kernel.until("len(grid.selected) == 60")
    keyboard.press("x")
    expect(lab.page.locator(CELLS)).to_have_count(2)


@IN_BOTH
def test_a_click_on_a_plain_part_gives_the_grid_the_focus_and_escape_gives_it_back(lab, open_grid):
    region = open_grid()
    cells = lab.page.locator(CELLS)
    expect(cells).to_have_count(2)
    status(region).click()
    for key in "xdd":
        lab.page.keyboard.press(key)
    expect(region).to_be_visible()
    assert region.evaluate(FOCUSED_INSIDE)
    expect(cells).to_have_count(2)
    tiles(region).first.click()
    expect(tiles(region).first).to_have_attribute("aria-selected", "true")
    lab.page.keyboard.press("Escape")
    expect(tiles(region).first).to_have_attribute("aria-selected", "false")
    assert region.evaluate(FOCUSED_INSIDE)
    lab.page.keyboard.press("Escape")
    assert not region.evaluate(FOCUSED_INSIDE)
    lab.page.keyboard.press("b")
    expect(cells).to_have_count(3)


def test_a_search_box_is_emptied_before_escape_leaves(lab, open_grid):
    region = open_grid()
    search = region.get_by_role("searchbox", name="Search keys")
    search.fill("temp")
    search.press("Escape")
    expect(search).to_have_value(re.compile("^$"))
    expect(search).to_be_focused()
    search.press("Escape")
    assert not region.evaluate(FOCUSED_INSIDE)
