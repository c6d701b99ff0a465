"""The detail view in a real JupyterLab: looking closely, filtering and copying from it."""

import re

import pytest
from playwright.sync_api import expect

from grid_fixtures import status, tile

# What a page without TLS sees, as of a notebook server on another machine.
PLAIN_HTTP = "Object.defineProperty(navigator, 'clipboard', { value: undefined })"
CLIPBOARD = """() => new Promise(resolve => {
  const field = document.createElement('textarea');
  document.body.append(field);
  field.focus();
  field.onpaste = event => {
    resolve(event.clipboardData.getData('text/plain'));
    field.remove();
  };
})"""
LARGE = """
large = Image.linear_gradient("L").convert("RGB").resize((4000, 3000))
large.save(folder / "photo-0000.jpg")
grid = dataset.show(); grid
"""


ONE_LARGE = """
large = Image.linear_gradient("L").convert("RGB").resize((4000, 3000))
large.save(folder / "photo-0060.jpg")
dataset.add_images_from_path(folder, progress=False)
grid = dataset.show(active={active}); grid
"""


def zoom(region):
    return region.get_by_role("button", name="Zoom to fit")


def frame(region):
    return region.get_by_role("dialog").locator(".fg-frame")


def opened(region, sample_id):
    tile(region, sample_id).dblclick()
    dialog = region.get_by_role("dialog")
    expect(dialog.get_by_role("row", name=re.compile("^temperature"))).to_be_visible()
    return dialog


def test_a_value_filters_the_grid(lab, open_grid):
    region = open_grid()
    lab.kernel.run("dataset.update_metadata({i: {'tags': ['a', f't{i % 3}']} for i in range(60)})")
    dialog = opened(region, 20)
    dialog.get_by_role("button", name="Filter by weather: sunny").click()
    lab.kernel.until("grid.filters == {'weather': {'in': ['sunny']}}")
    expect(dialog).to_contain_text("Sample 11 of 29")
    dialog.get_by_role("button", name=re.compile("^Filter by temperature: ")).click()
    lab.kernel.until("'temperature' in grid.filters and 20 in grid.filtered.index")
    assert lab.kernel.eval("2 < len(grid.filtered) < 15")
    dialog.get_by_role("button", name=re.compile("^Filter by tags: .*t2")).click()
    lab.kernel.until("grid.filters.get('tags') == {'contains': 't2'} and 20 in grid.filtered.index")
    lab.page.keyboard.press("Escape")
    expect(status(region)).not_to_have_text("60 of 60 images")


def test_samples_are_selected_while_one_steps_through_them(lab, open_grid):
    region = open_grid()
    lab.kernel.run("grid.selected = [20, 40]")
    expect(tile(region, 20)).to_have_attribute("aria-selected", "true")
    select = opened(region, 20).get_by_role("button", name="Select sample")
    expect(select).to_have_attribute("aria-pressed", "true")
    lab.kernel.until("grid.selected == [20, 40]")
    lab.page.keyboard.press("ArrowRight")
    expect(select).to_have_attribute("aria-pressed", "false")
    select.click()
    lab.kernel.until("grid.selected == [20, 21, 40]")
    select.click()
    lab.kernel.until("grid.selected == [20, 40]")
    region.get_by_role("dialog").focus()
    for _ in range(2):
        lab.page.keyboard.press("Space")
    lab.kernel.until("grid.selected == [20, 21, 22, 40] and grid.active == 23")
    lab.page.keyboard.press("ArrowLeft")
    lab.page.keyboard.press("Space")
    lab.kernel.until("grid.selected == [20, 21, 40] and grid.active == 23")


def test_all_keys_are_listed_on_demand(lab, open_grid):
    region = open_grid()
    opened(region, 3)
    lab.page.keyboard.press("?")
    keys = region.get_by_role("dialog", name="Keys and mouse")
    expect(
        keys.get_by_role("row", name="Space select it, or take it out, and go on")
    ).to_be_visible()
    lab.page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    detail = region.get_by_role("dialog", name="photo-0003.jpg")
    expect(detail).to_be_focused()
    detail.get_by_role("button", name="Keys and mouse").click()
    expect(keys).to_be_focused()
    keys.get_by_role("button", name="Close").click()
    lab.page.keyboard.press("Escape")
    expect(detail).to_have_count(0)
    lab.kernel.until("grid.selected == []")
    lab.page.keyboard.press("?")
    expect(keys).to_be_visible()


COVERED = """row => {
  const tools = [...row.querySelectorAll("button svg")].map(icon => icon.getBoundingClientRect());
  const range = document.createRange();
  const walker = document.createTreeWalker(row.querySelector("td"), NodeFilter.SHOW_TEXT);
  const meets = (a, b) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const covered = [];
  for (let node; (node = walker.nextNode()); ) {
    range.selectNodeContents(node);
    const lines = [...range.getClientRects()];
    if (lines.some(line => tools.some(tool => meets(tool, line)))) covered.push(node.data);
  }
  return covered;
}"""


VALUES = {
    "camera": "a camera",
    "tags": ["a", "b"],
    "lens": "a lens with a very long name",
    "words": ["a long one", "another", "x", "and one more", "z"],
    "path": "one/two/three/four/five/six/seven/eight/nine/ten",
    "code": "0123456789" * 9,
    "gps": {"lat": 48.8566, "place": "a place with a very long name"},
    "story": "once upon a time " * 40,
}


def test_what_can_be_done_with_a_value_leaves_it_readable(lab, open_grid):
    region = open_grid(more=[f"dataset.update_metadata({{7: {VALUES}}})"])
    lab.run(2)
    dialog = opened(region, 7)
    heights = set()
    for key in ("file_path_abs", *VALUES):
        row = dialog.get_by_role("row", name=re.compile(f"^{key} "))
        row.scroll_into_view_if_needed()
        height = row.bounding_box()["height"]
        row.hover()
        copy = row.get_by_role("button", name=f"Copy {key}", exact=True)
        expect(copy).to_have_css("opacity", "1")
        expect(copy.locator("..")).to_have_css("opacity", "1")
        assert row.bounding_box()["height"] == height
        assert row.evaluate(COVERED) == []
        end = row.bounding_box()["x"] + row.bounding_box()["width"]
        if key not in {"gps", "story"}:
            assert 0 <= end - copy.bounding_box()["x"] - copy.bounding_box()["width"] + 5 < 10
        if key in {"camera", "tags"}:
            heights.add(round(height))
    assert max(heights) - min(heights) <= 4


@pytest.mark.own_page
@pytest.mark.parametrize("api", ["clipboard", "none"])
def test_values_and_the_sample_id_are_copied(lab, open_grid, api):
    if api == "none":
        lab.page.add_init_script(PLAIN_HTTP)
    else:
        lab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    region = open_grid()
    dialog = opened(region, 7)
    for name, text in (("Copy sample id", "7"), ("Copy temperature", "13.5")):
        button = dialog.get_by_role("button", name=name, exact=True)
        button.click()
        expect(button).to_be_focused()
        pasted = lab.page.evaluate_handle(f"() => {{ window.pasted = ({CLIPBOARD})(); }}")
        lab.page.keyboard.press("Control+v")
        assert lab.page.evaluate("pasted") == text
        pasted.dispose()
        dialog.focus()


SCALE = """frame => {
  const picture = frame.querySelector("img:last-of-type").getBoundingClientRect();
  return picture.width * devicePixelRatio;
}"""


def shown_width(region):
    """Of the picture, in screen pixels."""
    return frame(region).evaluate(SCALE)


def test_zoom_says_the_true_scale_and_stays_while_stepping(lab, open_grid):
    region = open_grid(show=ONE_LARGE.format(active=59))
    expect(region.get_by_role("row", name="width 79")).to_be_visible()
    expect(frame(region).locator("img").last).to_be_visible()
    fit = zoom(region).inner_text()
    assert re.fullmatch(r"Fit, \d+ %", fit)
    assert round(shown_width(region) / 79 * 100) == pytest.approx(int(fit[5:-2]), abs=1)
    region.get_by_role("dialog").focus()
    lab.page.keyboard.press("1")
    expect(zoom(region)).to_have_text("100 %")
    assert shown_width(region) == pytest.approx(79, abs=0.1)
    lab.page.keyboard.press("ArrowRight")
    expect(region.get_by_role("dialog", name="photo-0060.jpg")).to_be_visible()
    expect(region.get_by_role("row", name="width 4,000")).to_be_visible()
    expect(zoom(region)).to_have_text("100 %")
    assert shown_width(region) == pytest.approx(4000, abs=1)
    frame(region).hover()
    lab.page.mouse.wheel(0, -300)
    expect(zoom(region)).to_have_text("272 %")
    for key in ("0", "f"):
        lab.page.keyboard.press(key)
        expect(zoom(region)).to_have_text(re.compile("^Fit, [1-9][0-9]? %$"))
        region.get_by_role("button", name="Actual size").click()
        expect(zoom(region)).to_have_text("100 %")
        region.get_by_role("dialog").focus()
    zoom(region).click()
    expect(zoom(region)).to_have_text(re.compile("^Fit, "))


PLACE = """([x, y]) => {
  const box = document.querySelector(".fg-frame img:last-of-type").getBoundingClientRect();
  return [(x - box.x) / box.width, (y - box.y) / box.height];
}"""


def test_a_double_click_goes_there_and_back(lab, open_grid):
    region = open_grid(show=ONE_LARGE.format(active=60))
    expect(region.get_by_role("row", name="width 4,000")).to_be_visible()
    expect(frame(region).locator("img").last).to_be_visible()
    box = frame(region).bounding_box()
    at = [box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.4]
    before = lab.page.evaluate(PLACE, at)
    lab.page.mouse.dblclick(*at)
    expect(zoom(region)).to_have_text("100 %")
    assert lab.page.evaluate(PLACE, at) == pytest.approx(before, abs=0.01)
    lab.page.mouse.dblclick(*at)
    expect(zoom(region)).to_have_text(re.compile("^Fit, "))


def test_pan_by_drag_and_keys(lab, open_grid):
    region = open_grid()
    dialog = opened(region, 3)
    frame(region).dblclick()
    place = dialog.locator(".fg-moved")
    before = place.bounding_box()
    box = frame(region).bounding_box()
    lab.page.mouse.move(box["x"] + 100, box["y"] + 100)
    lab.page.mouse.down()
    lab.page.mouse.move(box["x"] + 60, box["y"] + 90, steps=4)
    lab.page.mouse.up()
    after = place.bounding_box()
    assert (round(after["x"] - before["x"]), round(after["y"] - before["y"])) == (-40, -10)
    lab.page.keyboard.press("Shift+ArrowLeft")
    assert place.bounding_box()["x"] > after["x"]
    expect(region.get_by_role("dialog", name="photo-0003.jpg")).to_be_visible()


def test_a_large_original_comes_in_stages(lab, open_grid):
    region = open_grid(show=LARGE)
    tile(region, 0).dblclick()
    pictures = region.get_by_role("dialog").locator(".fg-moved img")
    widths = "all => Math.max(...all.map(img => img.naturalWidth))"
    expect(pictures).to_have_count(2)
    lab.page.wait_for_function("() => !document.querySelector('.framegrid [aria-busy=true]')")
    assert 512 <= pictures.evaluate_all(widths) <= 2048
    frame(region).dblclick()
    expect(pictures).to_have_count(3, timeout=20_000)
    expect(pictures.last).to_have_js_property("naturalWidth", 4000)


@pytest.mark.own_page
def test_swipe_steps_and_pinch_zooms(lab, open_grid):
    region = open_grid()
    opened(region, 3)
    box = frame(region).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session = lab.page.context.new_cdp_session(lab.page)

    def fingers(kind, *places):
        points = [{"x": x + dx, "y": y, "id": i} for i, dx in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", 0)
    for step in range(1, 6):
        fingers("touchMove", -30 * step)
    fingers("touchEnd")
    expect(region.get_by_role("dialog", name="photo-0004.jpg")).to_be_visible()
    lab.kernel.until("grid.active == 4")
    fingers("touchStart", -50, 50)
    fingers("touchMove", -100, 100)
    fingers("touchEnd")
    fit = frame(region).evaluate(
        "frame => Math.min(frame.clientWidth / 64, frame.clientHeight / 48)"
    )
    expect(zoom(region)).to_have_text(f"{round(200 * fit)} %")
    expect(region.get_by_role("dialog", name="photo-0004.jpg")).to_be_visible()
