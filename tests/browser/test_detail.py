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


def zoom(region):
    return region.get_by_role("button", name="Zoom to fit")


def frame(region):
    return region.get_by_role("dialog").locator(".frame")


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
    select = opened(region, 20).get_by_role("button", name="Select sample")
    expect(select).to_have_attribute("aria-pressed", "true")
    lab.page.keyboard.press("ArrowRight")
    expect(select).to_have_attribute("aria-pressed", "false")
    select.click()
    lab.kernel.until("grid.selected == [20, 21]")
    select.click()
    lab.kernel.until("grid.selected == [20]")


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


def test_what_can_be_done_with_a_value_leaves_it_readable(lab, open_grid):
    values = "{'camera': 'a camera with a very long name', 'tags': ['a long one', 'another', 'x']}"
    region = open_grid(more=[f"dataset.update_metadata({{7: {values}}})"])
    lab.run(2)
    dialog = opened(region, 7)
    for key in ("file_path_abs", "camera", "tags"):
        row = dialog.get_by_role("row", name=key)
        row.hover()
        expect(row.get_by_role("button", name=f"Copy {key}")).to_be_visible()
        assert row.evaluate(COVERED) == []


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


def test_zoom_by_wheel_keys_buttons_and_double_click_stays_while_stepping(lab, open_grid):
    region = open_grid()
    opened(region, 3)
    expect(zoom(region)).to_have_text("100 %")
    frame(region).hover()
    lab.page.mouse.wheel(0, -300)
    expect(zoom(region)).to_have_text("272 %")
    lab.page.keyboard.press("-")
    expect(zoom(region)).to_have_text("181 %")
    lab.page.keyboard.press("ArrowRight")
    expect(region.get_by_role("dialog", name="photo-0004.jpg")).to_be_visible()
    expect(zoom(region)).to_have_text("181 %")
    frame(region).dblclick()
    expect(zoom(region)).to_have_text("100 %")
    region.get_by_role("button", name="Zoom in").click()
    expect(zoom(region)).to_have_text("150 %")
    zoom(region).click()
    frame(region).dblclick()
    expect(zoom(region)).to_have_text("300 %")


def test_pan_by_drag_and_keys(lab, open_grid):
    region = open_grid()
    dialog = opened(region, 3)
    frame(region).dblclick()
    place = dialog.locator(".moved")
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
    pictures = region.get_by_role("dialog").locator(".moved img")
    widths = "all => Math.max(...all.map(img => img.naturalWidth))"
    expect(pictures).to_have_count(2)
    lab.page.wait_for_function("() => !document.querySelector('.framegrid [aria-busy=true]')")
    assert 512 <= pictures.evaluate_all(widths) <= 2048
    frame(region).dblclick()
    expect(pictures).to_have_count(3, timeout=20_000)
    expect(pictures.last).to_have_js_property("naturalWidth", 4000)


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
    expect(zoom(region)).to_have_text("200 %")
    expect(region.get_by_role("dialog", name="photo-0004.jpg")).to_be_visible()
