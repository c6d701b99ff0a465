"""The grid in a real JupyterLab: what a person does with it, asserted on the Python side."""

import re

import pytest
from playwright.sync_api import expect

from grid_fixtures import (
    IN_BOTH,
    MAKE,
    SHOW,
    drag,
    key_filter,
    samples,
    scroller,
    slider,
    status,
    tile,
    tiles,
    value_box,
)


def test_grid_shows_counts_sliders_and_pictures(lab, open_grid):
    region = open_grid()
    expect(status(region)).to_have_text("60 of 60 images")
    for key in ("width", "height", "temperature"):
        expect(slider(region, f"{key} minimum")).to_be_visible()
        expect(slider(region, f"{key} maximum")).to_be_visible()
    first = tiles(region).first
    expect(first).to_have_attribute("aria-setsize", "60")
    expect(first).to_have_attribute("data-sample-id", "0")
    expect(first.locator("img")).to_have_attribute("alt", "photo-0000.jpg")
    lab.page.wait_for_function(
        "() => [...document.querySelectorAll('.framegrid [role=option] img')]"
        ".every(img => img.complete && img.naturalWidth > 0)"
    )


def test_slider_drag_filters_in_browser_and_kernel(lab, open_grid):
    region = open_grid()
    drag(lab.page, slider(region, "temperature minimum"), 60)
    expect(region.get_by_role("button", name="Remove filter temperature")).to_be_visible()
    low = float(slider(region, "temperature minimum").get_attribute("aria-valuenow"))
    assert low > 10
    expected = {"temperature": {"min": low, "max": None, "missing": False}}
    lab.kernel.until(f"grid.filters == {expected}")
    values = lab.kernel.eval("grid.filtered['temperature'].tolist()")
    assert values == [10 + i / 2 for i in range(57) if 10 + i / 2 >= low]
    expect(status(region)).to_have_text(f"{len(values)} of 60 images")


@IN_BOTH
def test_slider_by_keyboard(lab, open_grid):
    region = open_grid()
    thumb = slider(region, "temperature maximum")
    thumb.focus()
    end = float(thumb.get_attribute("aria-valuenow"))
    lab.page.keyboard.press("PageDown")
    lab.page.keyboard.press("ArrowLeft")
    value = float(thumb.get_attribute("aria-valuenow"))
    assert value < end
    lab.kernel.until(f"grid.filters['temperature']['max'] == {value}")
    lab.page.keyboard.press("End")
    expect(thumb).to_have_attribute("aria-valuenow", re.compile(rf"^{end:g}(\.0)?$"))
    lab.kernel.until("grid.filters == {}")


def test_missing_values_are_dropped_unless_asked_for(lab, open_grid):
    region = open_grid()
    slider(region, "temperature minimum").focus()
    lab.page.keyboard.press("ArrowRight")
    lab.kernel.until("list(grid.filters) == ['temperature']")
    without = len(lab.kernel.eval("grid.filtered.index.tolist()"))
    filter_ = key_filter(region, "temperature")
    filter_.get_by_role("checkbox", name="temperature include missing").check()
    expect(status(region)).to_have_text(f"{without + 3} of 60 images")
    lab.kernel.until("grid.filtered['temperature'].isna().sum() == 3")
    region.get_by_role("button", name="Reset temperature").click()
    expect(status(region)).to_have_text("60 of 60 images")
    expect(region.get_by_role("checkbox", name="temperature include missing")).to_be_checked()


def test_python_moves_the_slider(lab, open_grid):
    region = open_grid(more=["grid.filters = {'temperature': (12.25, 20), 'weather': ['rain']}"])
    lab.run(2)
    expect(slider(region, "temperature minimum")).to_have_attribute("aria-valuenow", "12.25")
    expect(slider(region, "temperature maximum")).to_have_attribute("aria-valuenow", "20")
    count = lab.kernel.eval("len(grid.filtered)")
    expect(status(region)).to_have_text(f"{count} of 60 images")
    expect(value_box(region, "weather", "rain")).to_be_checked()


def test_the_last_of_quick_changes_wins(lab, open_grid):
    quick = """
grid.filters = {"temperature": (12.2345, 15.4321), "weather": {"contains": "a"}}
grid.sort = "-temperature"
grid.sort = ""
grid.filters = {"weather": ["rain"]}
"""
    region = open_grid(more=[quick])
    lab.run(2)
    expect(status(region)).to_have_text("28 of 60 images")
    expect(tiles(region).first).to_have_attribute("data-sample-id", "1")
    expect(region.get_by_role("button", name="Remove filter temperature")).to_have_count(0)


def test_chips_remove_their_filter(lab, open_grid):
    region = open_grid(more=["grid.filters = {'temperature': (12, 20), 'width': (70, None)}"])
    lab.run(2)
    region.get_by_role("button", name="Remove filter width").click()
    expect(region.get_by_role("button", name="Remove filter width")).to_have_count(0)
    lab.kernel.until("list(grid.filters) == ['temperature']")
    region.get_by_role("button", name="Clear all filters").first.click()
    expect(status(region)).to_have_text("60 of 60 images")
    lab.kernel.until("grid.filters == {}")


def test_category_values_filter(lab, open_grid):
    region = open_grid()
    value_box(region, "weather", "rain").check()
    expect(status(region)).to_have_text("28 of 60 images")
    lab.kernel.until("grid.filters == {'weather': {'in': ['rain']}}")
    value_box(region, "weather", "(missing)").check()
    expect(status(region)).to_have_text("31 of 60 images")


def test_nothing_matches_is_said_and_undone(lab, open_grid):
    region = open_grid(more=["grid.filters = {'temperature': (10, 11), 'width': (90, None)}"])
    lab.run(2)
    expect(status(region)).to_have_text("0 of 60 images")
    region.get_by_role("button", name="Clear all filters").last.click()
    expect(status(region)).to_have_text("60 of 60 images")


def test_the_one_filter_that_matches_nothing_is_named(lab, open_grid):
    region = open_grid(more=["grid.filters = {'temperature': (100, 200)}"])
    lab.run(2)
    expect(region.get_by_text("No image matches “temperature 100")).to_be_visible()


@pytest.mark.parametrize("name", ["Clear all filters", "Remove filter width", "Reset width"])
def test_buttons_that_vanish_leave_the_focus_in_the_grid(lab, open_grid, name):
    region = open_grid(more=["grid.filters = {'width': (90, None), 'temperature': (10, 30)}"])
    lab.run(2)
    expect(status(region)).to_have_text("10 of 60 images")
    region.get_by_role("button", name=name, exact=True).press("Enter")
    expect(status(region)).not_to_have_text("10 of 60 images")
    expect(samples(region)).to_be_focused()


def test_detail_view_shows_steps_and_closes(lab, open_grid):
    region = open_grid()
    lab.kernel.run("dataset.get_sample(0).metadata.update(gps={'lat': 46.5}, tags=['a', 'b'])")
    tiles(region).first.dblclick()
    dialog = region.get_by_role("dialog", name="photo-0000.jpg")
    expect(dialog.get_by_role("row", name=re.compile(r"^temperature\s+10"))).to_be_visible()
    expect(dialog).to_contain_text("46.5")
    expect(dialog).to_contain_text("photo-0000.jpg")
    lab.kernel.until("grid.active == 0")
    lab.page.keyboard.press("ArrowRight")
    expect(region.get_by_role("dialog", name="photo-0001.jpg")).to_be_visible()
    region.get_by_role("button", name="Next sample").click()
    expect(region.get_by_role("dialog", name="photo-0002.jpg")).to_be_visible()
    region.get_by_role("button", name="Previous sample").click()
    expect(region.get_by_role("dialog", name="photo-0001.jpg")).to_be_visible()
    lab.page.keyboard.press("Escape")
    expect(region.get_by_role("dialog")).to_have_count(0)
    lab.kernel.until("grid.active is None")


def test_selection_by_click_ctrl_and_shift(lab, open_grid):
    region = open_grid()
    shown = tiles(region)
    shown.nth(1).click()
    shown.nth(3).click(modifiers=["Control"])
    expect(shown.nth(3)).to_have_attribute("aria-selected", "true")
    lab.kernel.until("grid.selected == [1, 3]")
    shown.nth(5).click(modifiers=["Shift"])
    expect(shown.nth(4)).to_have_attribute("aria-selected", "true")
    lab.kernel.until("grid.selection.index.tolist() == [3, 4, 5]")
    lab.kernel.run("grid.selected = [2]")
    expect(shown.nth(2)).to_have_attribute("aria-selected", "true")
    expect(shown.nth(4)).to_have_attribute("aria-selected", "false")


def test_an_edit_in_a_later_cell_shows_at_once_and_keeps_the_place(lab, open_grid):
    edit = "dataset.update_metadata({s.sample_id: {'score': s.sample_id / 600} for s in dataset})"
    region = open_grid(count=600, more=[edit])
    grid = scroller(region)
    grid.evaluate("element => { element.scrollTop = 900; }")
    top = grid.evaluate("element => element.scrollTop")
    assert top > 0
    lab.run(2)
    expect(slider(region, "score minimum")).to_be_visible()
    expect(slider(region, "score maximum")).to_have_attribute("aria-valuenow", str(599 / 600))
    assert grid.evaluate("element => element.scrollTop") == top


def test_a_key_that_is_renamed_takes_its_filter_along_and_one_that_is_dropped_says_so(
    lab, open_grid
):
    filters = "weather == 'rain' and temperature >= 20 and width < temperature + 40"
    show = f"grid = dataset.show(sort='-weather', captions=['weather']); grid.filters = {filters!r}"
    region = open_grid(show=f"{show}; grid")
    before = status(region).text_content()
    assert before != "60 of 60 images"
    lab.kernel.run("dataset.rename_metadata('weather', 'sky')")
    lab.kernel.run("dataset.rename_metadata('temperature', 'degrees C')")
    expect(value_box(region, "sky", "rain")).to_be_checked()
    expect(region.get_by_text("`degrees C` + 40")).to_be_visible()
    expect(slider(region, "degrees C minimum")).to_have_attribute("aria-valuenow", "20")
    expect(region.get_by_role("combobox", name="Sort by")).to_have_value("sky")
    expect(tiles(region).first).to_have_accessible_name(re.compile("sky rain"))
    expect(status(region)).to_have_text(before)
    expect(region.get_by_role("alert")).to_have_count(0)
    lab.kernel.run("dataset.drop_metadata('sky')")
    expect(region.get_by_role("alert")).to_contain_text("the filter sky, the caption sky, the sort")
    expect(slider(region, "degrees C minimum")).to_have_attribute("aria-valuenow", "20")


def test_two_grids_of_one_dataset_are_independent(lab, open_grid):
    first = open_grid(more=["other = dataset.show(height=400); other"])
    lab.run(2)
    second = lab.page.get_by_role("region", name="framegrid: small").nth(1)
    expect(status(second)).to_have_text("60 of 60 images")
    slider(second, "width minimum").focus()
    lab.page.keyboard.press("PageUp")
    expect(status(second)).not_to_have_text("60 of 60 images")
    expect(status(first.nth(0))).to_have_text("60 of 60 images")
    lab.kernel.until("(grid.filters, 'width' in other.filters) == ({}, True)")


def test_broken_files_have_a_clear_tile(lab, open_grid):
    region = open_grid(show=f"(folder / 'photo-0001.jpg').write_bytes(b'no picture')\n{SHOW}")
    expect(region.locator("[data-sample-id='1']")).to_contain_text("not an image")
    region.locator("[data-sample-id='1']").dblclick()
    expect(region.get_by_role("dialog")).to_contain_text("not an image")


def test_errors_are_shown_in_the_widget(lab, open_grid):
    region = open_grid()
    lab.kernel.run("grid.set_state({'sort': 'humidity'})")
    expect(region.get_by_role("alert").first).to_contain_text("humidity")


def test_a_page_of_another_version_says_so(lab):
    older = "from framegrid.grid import protocol; protocol.PROTOCOL_VERSION = 0"
    lab.open(MAKE.format(count=3), f"{older}; {SHOW}")
    lab.run(0)
    lab.run(1)
    expect(lab.page.locator(".framegrid").get_by_role("alert")).to_contain_text(
        "different versions of framegrid: restart the kernel, then reload the page", timeout=20_000
    )


def test_thumbnails_and_sliders_work_while_a_cell_runs(lab, open_grid):
    busy = (
        "grid.thumbnail_size = 200\nimport time\nwhile not Path('stop').exists(): time.sleep(0.05)"
    )
    region = open_grid(count=600, more=[busy])
    lab.start(2)
    grid = scroller(region)
    grid.evaluate("element => { element.scrollTop = element.scrollHeight; }")
    last = region.locator("[data-sample-id='599'] img")
    expect(last).to_have_js_property("naturalWidth", 60 + 599 % 40)
    slider(region, "temperature minimum").focus()
    lab.page.keyboard.press("PageUp")
    expect(status(region)).not_to_have_text("600 of 600 images")
    tiles(region).first.dblclick()
    expect(
        region.get_by_role("dialog").get_by_role("row", name=re.compile("weather"))
    ).to_be_visible()
    (lab.folder / "stop").touch()
    lab.wait(2)


def test_sorting_orders_the_grid(lab, open_grid):
    region = open_grid()
    region.get_by_role("combobox", name="Sort by").select_option("temperature")
    region.get_by_role("button", name="Sort direction").click()
    expect(tiles(region).first).to_have_attribute("data-sample-id", "56")
    lab.kernel.until("grid.sort == '-temperature'")
    lab.kernel.until("grid.filtered.index.tolist()[:2] == [56, 55]")


def test_sorting_offers_what_is_no_key_and_shows_what_python_sorts_by(lab, open_grid):
    region = open_grid()
    sort = region.get_by_role("combobox", name="Sort by")
    sort.select_option("file_name")
    region.get_by_role("button", name="Sort direction").click()
    expect(tiles(region).first).to_have_attribute("data-sample-id", "59")
    lab.kernel.run("grid.sort = 'file_path_abs'")
    expect(tiles(region).first).to_have_attribute("data-sample-id", "0")
    expect(sort).to_have_value("file_path_abs")


@pytest.mark.own_page
def test_the_widget_follows_the_theme(lab, open_grid):
    region = open_grid()
    colours = []
    for theme in ("Light", "Dark"):
        lab.theme(theme)
        colours.append(region.evaluate("element => getComputedStyle(element).backgroundColor"))
    assert colours[0] != colours[1]


def test_reload_finds_filters_and_pictures_again(lab, open_grid):
    region = open_grid(more=["grid.filters = {'temperature': (12, 20)}"])
    lab.run(2)
    lab.reload()
    expect(status(region)).to_have_text("17 of 60 images")
    expect(tiles(region).first.locator("img")).to_have_js_property("complete", value=True)


def test_captions_may_be_values_only(lab, open_grid):
    region = open_grid(more=["grid.captions = ['temperature', 'file_name']; grid.sort = 'weather'"])
    lab.run(2)
    first = tile(region, 1)
    expect(first).to_contain_text("temperature 10.5")
    expect(first).to_contain_text("rain")
    expect(first).not_to_contain_text("file_name")
    region.get_by_role("button", name="Captions").click()
    region.get_by_role("checkbox", name="Values only").check()
    lab.kernel.until("grid.caption_keys is False")
    expect(first).not_to_contain_text("temperature")
    lab.kernel.run("grid.caption_keys = True")
    expect(region.get_by_role("checkbox", name="Values only")).not_to_be_checked()
    expect(first).to_contain_text("temperature 10.5")


def test_a_notice_covers_nothing_and_only_problems_are_red(lab, open_grid):
    region = open_grid()
    lab.kernel.run("grid._messenger.notice('removed: the filter sky.')")
    lab.kernel.run("grid._messenger.notice('no sample 9', problem=True)")
    told, failed = (region.get_by_role("alert").nth(place) for place in range(2))
    expect(told).to_contain_text("Removed: the filter sky.")
    expect(failed).to_contain_text("No sample 9")
    colours = [
        notice.evaluate("n => getComputedStyle(n.querySelector('svg')).color")
        for notice in (told, failed)
    ]
    assert colours[0] != colours[1]
    grid, notice = scroller(region).bounding_box(), told.bounding_box()
    assert grid["y"] + grid["height"] <= notice["y"] + 1


FOLDERS = """
from pathlib import Path
from PIL import Image
import framegrid as fg
for i, name in enumerate(["train/cats/a", "train/dogs/b", "test/c", "train/cats/d"]):
    file = Path(f"photos/{name}.png")
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGBA", (40, 20), (255, 0, 0, 90)).save(file)
dataset = fg.ImageDataset.create("small")
dataset.add_images_from_path("photos", progress=False)
grid = dataset.show(); grid
"""


def test_a_folder_is_filtered_with_all_below_it(lab):
    lab.open(FOLDERS)
    lab.run(0)
    region = lab.page.get_by_role("region", name="framegrid: small")
    region.get_by_role("searchbox", name="Search keys").fill("folder")
    region.get_by_role("combobox", name="folder under").select_option("train")
    lab.kernel.until("grid.filters == {'folder': {'under': 'train'}} and len(grid.filtered) == 3")
    expect(region.get_by_role("status").first).to_have_text("3 of 4 images")
    picture = tiles(region).first.locator("img")
    expect(picture).to_have_class(re.compile("fg-checkered"))
    box = picture.bounding_box()
    assert box["width"] == pytest.approx(2 * box["height"], rel=0.05)
    region.get_by_role("combobox", name="folder under").select_option("Any folder")
    lab.kernel.until("grid.filters == {}")
