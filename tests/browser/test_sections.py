"""Sections in a real JupyterLab: grouped from both sides, collapsed, selected, walked and kept."""

from playwright.sync_api import expect

from grid_fixtures import samples, scroller, status, tile, tiles
from test_selection import draw, middle

SHOWN = (
    "tiles => tiles.sort((a, b) => a.ariaPosInSet - b.ariaPosInSet).map(t => +t.dataset.sampleId)"
)
SCROLL = """(scroller, rows) => {
  scroller.scrollTop = rows * (scroller.querySelector("[role=option]").offsetHeight + 8);
}"""
# The first sample below the top of the grid.
FIRST = """scroller => {
  const { top } = scroller.getBoundingClientRect();
  const tiles = [...scroller.querySelectorAll("[role=option]")]
    .filter(tile => tile.getBoundingClientRect().top >= top)
    .sort((a, b) => a.ariaPosInSet - b.ariaPosInSet);
  return Number(tiles[0].dataset.sampleId);
}"""
# How far below the top of the grid a sample is, in px.
BELOW = """([scroller, id]) => {
  const tile = scroller.querySelector(`[data-sample-id="${id}"]`);
  return tile && tile.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
}"""


def header(region, name):
    return region.get_by_role("group", name=name, exact=True)


def button(region, name):
    return region.get_by_role("button", name=name, exact=True)


def test_grouping_from_both_sides(lab, open_grid):
    region = open_grid(show="grid = dataset.show(thumbnail_size=64, height=900); grid")
    lab.kernel.run("grid.group = 'weather'; grid.sort = '-temperature'")
    for name in ("rain, 28", "sunny, 29", "(missing), 3"):
        expect(header(region, f"weather: {name} images")).to_be_visible()
    expect(tiles(region).first).to_have_attribute("data-sample-id", "55")
    assert tiles(region).evaluate_all(SHOWN) == lab.kernel.eval("grid.filtered.index.tolist()")
    button(region, "Sections").click()
    region.get_by_role("combobox", name="Order of sections").select_option("Most images first")
    region.get_by_role("combobox", name="Images of each section").select_option("3 of each")
    lab.kernel.until("grid.group_order == '-count' and grid.per_group == 3")
    expect(header(region, "weather: sunny, 3 of 29 images")).to_be_visible()
    expect(status(region)).to_have_text("9 of 60 images")
    assert tiles(region).evaluate_all(SHOWN)[:4] == [56, 54, 52, 55]
    lab.kernel.run("grid.filters = {'weather': ['rain']}")
    expect(region.locator("[data-section]")).to_have_count(1)
    region.get_by_role("combobox", name="Group by").select_option("No groups")
    lab.kernel.until("grid.group == ''")
    expect(status(region)).to_have_text("28 of 60 images")
    expect(button(region, "Sections")).to_have_count(0)


def test_collapsing_and_selecting(lab, open_grid):
    region = open_grid(show="grid = dataset.show(thumbnail_size=64, group='weather'); grid")
    button(region, "Collapse rain").click()
    expect(button(region, "Expand rain")).to_be_visible()
    expect(tiles(region)).to_have_count(32)
    expect(status(region)).to_have_text("60 of 60 images")
    rain = region.get_by_role("checkbox", name="Select all of rain")
    rain.check()
    lab.kernel.until("grid.selected == list(range(1, 57, 2))")
    button(region, "Expand rain").click()
    tile(region, 1).click(modifiers=["Control"])
    expect(rain).to_have_js_property("indeterminate", True)
    rain.check()
    lab.kernel.until("len(grid.selected) == 28")
    rain.uncheck()
    lab.kernel.until("grid.selected == []")
    # From the last of one section over its end into the next.
    draw(lab.page, middle(region, 55), middle(region, 0))
    lab.kernel.until("{55, 0} <= set(grid.selected) and 56 not in grid.selected")
    tile(region, 53).click()
    tile(region, 2).click(modifiers=["Shift"])
    lab.kernel.until("grid.selected == [0, 2, 53, 55]")
    button(region, "Sections").click()
    button(region, "Collapse all").click()
    expect(tiles(region)).to_have_count(0)
    expect(button(region, "Expand (missing)")).to_be_visible()
    expect(region.get_by_text("No image matches")).to_have_count(0)
    button(region, "Expand all").click()
    expect(tile(region, 59)).to_be_visible()


def test_sections_by_keyboard_and_in_the_detail_view(lab, open_grid):
    region = open_grid(show="grid = dataset.show(thumbnail_size=64, group='weather'); grid")
    keyboard = lab.page.keyboard
    expect(tile(region, 55)).to_be_visible()
    tile(region, 55).click()
    samples(region).press("ArrowRight")
    keyboard.press("Space")
    lab.kernel.until("grid.selected == [0, 55]")
    keyboard.press("Enter")
    expect(region.get_by_role("dialog", name="photo-0000.jpg")).to_be_visible()
    keyboard.press("ArrowLeft")
    lab.kernel.until("grid.active == 55")
    keyboard.press("Escape")
    expect(samples(region)).to_be_focused()
    keyboard.press("Shift+Tab")
    keyboard.press("Shift+Tab")
    expect(button(region, "Collapse rain")).to_be_focused()
    keyboard.press("ArrowDown")
    expect(button(region, "Collapse sunny")).to_be_focused()
    keyboard.press("ArrowLeft")
    expect(button(region, "Expand sunny")).to_be_focused()
    keyboard.press("Tab")
    keyboard.press("Space")
    lab.kernel.until("{*range(0, 57, 2)} <= {*grid.selected}")
    expect(region.get_by_role("checkbox", name="Select all of sunny")).to_be_checked()


def test_the_place_is_kept_and_the_header_stays_at_the_top(lab, open_grid):
    region = open_grid(count=600, show="grid = dataset.show(height=500, thumbnail_size=96); grid")
    grid = scroller(region)
    expect(tiles(region).first).to_be_visible()
    grid.evaluate(SCROLL, 25)
    expect(tile(region, 0)).to_have_count(0)
    kept = grid.evaluate(FIRST)
    label, first = [("sunny", "-value"), ("rain", "value")][kept % 2]

    def is_below(px):
        place = lab.kernel.eval(f"grid.filtered.index.tolist().index({kept}) + 1")
        expect(tile(region, kept)).to_have_attribute("aria-posinset", str(place))
        there = f"of => Math.abs(({BELOW})(of) - {px}) < 1.5"
        lab.page.wait_for_function(there, arg=[grid.element_handle(), kept])

    def is_at_the_top(name):
        sticky = button(region, name).locator("..").bounding_box()
        assert abs(sticky["y"] - grid.bounding_box()["y"]) < 1

    is_below(10)
    for change in (
        "grid.group = 'weather'",
        f"grid.group_order = {first!r}",
        "grid.filters = {'temperature': (20, None)}",
        "grid.sort = '-temperature'",
        "dataset.remove_samples([3, 4])",
    ):
        lab.kernel.run(change)
        is_below(36)
    is_at_the_top(f"Collapse {label}")
    button(region, f"Collapse {label}").click()
    is_at_the_top(f"Expand {label}")
    button(region, f"Expand {label}").click()
    expect(button(region, f"Collapse {label}")).to_be_visible()
    lab.kernel.run("grid.group = ''")
    is_below(10)
