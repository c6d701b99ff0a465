"""Chosen rows and orders in a real JupyterLab: what is selected alone or hidden, several keys."""

from playwright.sync_api import expect

from grid_fixtures import status, tile

SORT = "Sort by"


def test_what_is_selected_shows_alone_or_is_hidden(lab, open_grid):
    region = open_grid()
    for number in (3, 5, 8):
        tile(region, number).click(modifiers=["Control"])
    region.get_by_role("button", name="Hide selected").click()
    expect(status(region)).to_have_text("57 of 60 images")
    lab.kernel.until("len(grid.rows) == 57 and 3 not in grid.filtered.index")
    region.get_by_role("button", name="Only selected").click()
    expect(status(region)).to_have_text("3 of 60 images")
    expect(region.get_by_text("3 chosen")).to_be_visible()
    lab.kernel.until("list(grid.filtered.index) == [3, 5, 8]")
    lab.kernel.run("grid.filters = {'weather': ['sunny']}")
    expect(status(region)).to_have_text("1 of 60 images")
    lab.kernel.run("grid.rows = [3, 5]")
    expect(region.get_by_text("No image matches all filters")).to_be_visible()
    region.get_by_role("button", name="Drop 2 chosen: 29 images").click()
    lab.kernel.until("grid.rows is None and len(grid.filtered) == 29")
    lab.kernel.run("grid.rows = dataset.df[:4]")
    expect(status(region)).to_have_text("2 of 60 images")
    region.get_by_role("button", name="Remove chosen rows").click()
    expect(status(region)).to_have_text("29 of 60 images")
    lab.kernel.until("grid.rows is None")


def test_the_grid_is_sorted_by_several_keys_and_shuffled(lab, open_grid):
    region = open_grid()
    region.get_by_role("combobox", name=SORT).select_option("weather")
    lab.kernel.until("grid.sort == 'weather'")
    region.get_by_role("button", name="Then by").click()
    region.get_by_role("combobox", name="Then by key").select_option("temperature")
    region.get_by_role("button", name="Direction of temperature").click()
    lab.kernel.until("grid.sort == ['weather', '-temperature']")
    lab.kernel.until("list(grid.filtered.index[:2]) == [55, 53]")
    expect(tile(region, 55)).to_contain_text("rain")
    expect(tile(region, 55)).to_contain_text("37.5")
    region.get_by_role("button", name="Do not sort by weather").click()
    lab.kernel.until("grid.sort == '-temperature'")
    lab.page.keyboard.press("Escape")
    select = region.get_by_role("combobox", name=SORT)
    select.dispatch_event("pointerdown", {"shiftKey": True})
    select.select_option("width")
    lab.kernel.until("grid.sort == ['-temperature', 'width']")
    select.select_option(label="Shuffle")
    lab.kernel.until("isinstance(grid.sort, str) and grid.sort.startswith('random:')")
    first = lab.kernel.eval("grid.sort")
    region.get_by_role("button", name="Shuffle again").click()
    lab.kernel.until(f"grid.sort != {first!r}")
    order = lab.kernel.eval("[int(i) for i in grid.filtered.index[:1]]")
    expect(region.get_by_role("option").nth(0)).to_be_attached()
    expect(tile(region, order[0])).to_have_attribute("aria-posinset", "1")
