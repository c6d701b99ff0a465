"""Every part of the grid, checked by axe-core in both of JupyterLab's themes."""

import re

import pytest
from playwright.sync_api import expect

from axe import violations
from grid_fixtures import samples, status, tile, tiles, value_box

pytestmark = pytest.mark.own_page

RICH = """
dataset.update_metadata({
    s.sample_id: {"gps": {"lat": 46.5}, "tags": ["a", "b"], "note": "long " * 200, "ok": True}
    for s in dataset
})
(folder / 'photo-0001.jpg').write_bytes(b'no picture')
grid = dataset.show(captions=["file_name", "temperature"], sort="-temperature"); grid
"""
STATES = {
    "the grid": "",
    "filters, a selection and whole tiles": (
        "grid.filters = {'temperature': (11, 30), 'weather': ['rain', None]}\n"
        "grid.selected = [1, 3, 5]; grid.fill = True"
    ),
    "sections": "grid.group = 'weather'; grid.per_group = 3; grid.selected = [1, 3, 5]",
    "no result": "grid.filters = {'temperature': (10, 11), 'width': (90, None)}",
    "the detail view": "grid.active = 5",
    "a broken picture": "grid.active = 1",
    "pictures side by side": "grid.selected = [4]; grid.compared = [4, 1, 20]",
    "chosen rows in the order of two keys": (
        "grid.rows = range(9); grid.selected = [1]; grid.sort = ['weather', '-temperature']"
    ),
    "a notice": "grid.set_state({'sort': 'humidity'})",
}
BACK = (
    "grid.filters = {}; grid.selected = []; grid.active = None\n"
    "grid.fill = False; grid.group = ''; grid.compared = []; grid.rows = None"
)


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_axe_finds_nothing(lab, open_grid, theme):
    region = open_grid(show=RICH)
    lab.theme(theme)
    found = {}
    for state, code in STATES.items():
        lab.kernel.run(code)
        opens = "active" in code or "compared" in code
        shown = region.get_by_role("dialog") if opens else status(region)
        expect(shown).to_be_visible()
        lab.page.wait_for_function("() => !document.querySelector('.framegrid [aria-busy=true]')")
        found[state] = violations(region)
        lab.kernel.run(BACK)
        expect(region.get_by_role("dialog")).to_have_count(0)
    region.get_by_role("button", name="Captions").click()
    found["the captions menu"] = violations(region)
    assert "\n".join(f"{state}: {what}" for state, each in found.items() for what in each) == ""


def test_axe_finds_nothing_in_a_narrow_grid(lab, open_grid):
    region = open_grid()
    lab.page.set_viewport_size({"width": 600, "height": 900})
    region.evaluate("element => { element.parentElement.style.width = '400px'; }")
    expect(region.get_by_role("group", name="Filters")).to_have_count(0)
    assert violations(region) == []
    region.get_by_role("button", name="Filters").click()
    expect(region.get_by_role("group", name="Filters")).to_be_visible()
    assert violations(region) == []
    lab.page.keyboard.press("Escape")
    expect(region.get_by_role("group", name="Filters")).to_have_count(0)
    expect(region.get_by_role("button", name="Filters")).to_be_focused()


def test_every_control_is_reached_by_tab_in_its_order(lab, open_grid):
    region = open_grid()
    expect(value_box(region, "weather", "rain")).to_be_visible()
    region.get_by_role("button", name="Filters").focus()
    focused = "() => document.activeElement.ariaLabel || document.activeElement.textContent.trim()"
    names = []
    for _ in range(60):
        names.append(lab.page.evaluate(focused))
        if names[-1] == "Height":
            break
        lab.page.keyboard.press("Tab")
    wanted = ["Search keys", "temperature minimum", "weather: rain", "Sort by", "Captions"]
    wanted += ["Fill tiles", "Thumbnail size", "Samples", "Height"]
    assert [name for name in names if name in wanted] == wanted


def test_the_keyboard_opens_steps_and_comes_back(lab, open_grid):
    region = open_grid()
    samples(region).focus()
    for key in ("End", "ArrowLeft", "Enter"):
        lab.page.keyboard.press(key)
    expect(region.get_by_role("dialog", name="photo-0058.jpg")).to_be_focused()
    lab.page.keyboard.press("ArrowLeft")
    lab.kernel.until("grid.active == 57")
    lab.page.keyboard.press("Escape")
    expect(samples(region)).to_be_focused()
    active = samples(region).get_attribute("aria-activedescendant")
    assert tile(region, 57).get_attribute("id") == active


def test_the_focus_stays_in_the_grid_when_the_open_sample_is_removed(lab, open_grid):
    region = open_grid()
    tile(region, 4).dblclick()
    expect(region.get_by_role("dialog")).to_be_focused()
    lab.kernel.run("dataset.remove_samples([4])")
    expect(region.get_by_role("dialog")).to_have_count(0)
    expect(samples(region)).to_be_focused()
    expect(status(region)).to_have_text(re.compile("^59 of 59"))


def test_nothing_moves_for_those_who_want_no_motion(lab, open_grid):
    lab.page.emulate_media(reduced_motion="reduce")
    region = open_grid()
    expect(tiles(region).first).to_be_visible()
    moving = "e => e.getAnimations({ subtree: true }).length"
    lab.kernel.run("grid.active = 3")
    expect(region.get_by_role("dialog")).to_be_visible()
    assert region.evaluate(moving) == 0
