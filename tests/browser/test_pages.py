"""The grid in pages with rules of their own, by touch, right to left and without colours."""

from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import expect

import framegrid as fg
from grid_fixtures import fits, samples, slider, status, tiles

# What Bootstrap 5 and the notebooks before JupyterLab say of elements and of names that many have.
HOST_RULES = """
*, ::before, ::after { box-sizing: border-box; }
body { line-height: 1.9; }
button, input, select { margin: 3px; font-family: serif; line-height: 3; border-radius: 0; }
select { appearance: none; background: red; word-wrap: normal; }
label { display: inline-block; font-weight: 700; margin-bottom: 5px; }
table { caption-side: bottom; border-collapse: collapse; background: pink; }
caption { padding: 20px; text-align: right; }
th, td { padding: 8px; text-align: right; border: 2px solid; }
ul { padding-left: 2rem; margin-bottom: 1rem; }
p { margin-bottom: 1rem; }
code, b { color: red; }
.card, .popover, .panel, .container, .active, .open { display: none !important; }
div.host img, div.host svg { max-width: 20%; height: auto; vertical-align: middle; }
[role="button"] { cursor: pointer; }
"""
SHAPES = """(region) => [...region.querySelectorAll("*")].map((element) => {
  const { x, y, width, height } = element.getBoundingClientRect();
  return `${element.tagName} ${[x, y, width, height].map((px) => px.toFixed(1))}`;
}).filter((shape) => !/^(STYLE|OPTION|SCRIPT)/.test(shape))"""

AT_REST = """async (region) => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const ends = ({ playState, effect }) =>
    playState === "running" && effect.getComputedTiming().endTime < Infinity;
  for (let still = 0; still < 3; still++) {
    await frame();
    if (region.getAnimations({ subtree: true }).some(ends)) still = 0;
  }
}"""
# As Panel does with what it shows.
INTO_SHADOW = """(region) => {
  const [host, cell] = [document.createElement("div"), region.parentElement];
  document.body.append(host);
  host.attachShadow({ mode: "open" }).append(document.querySelector("link").cloneNode(), cell);
}"""
PANEL_DARK = ":root { --panel-background-color: #212529; --panel-on-background-color: #fff; }"
LARGE = (
    256  # so that the grid is tall and all its filters are near the screen, where they are loaded
)
BOOTSTRAP = "www/shared/bootstrap/bootstrap.min.css"


def bootstrap():
    """Bootstrap 5 as Shiny ships it, without the fonts that it loads."""
    rules = (Path(find_spec("shiny").origin).parent / BOOTSTRAP).read_text()
    return rules.removeprefix('@import url("font.css");')


@pytest.fixture
def dataset(make_photos, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make_photos(tmp_path / "some", 12)
    with fg.ImageDataset.create("some") as dataset:
        dataset.add_images_from_path(tmp_path / "some", progress=False)
        dataset.update_metadata([(i, {"score": i / 2, "tags": ["a"]}) for i in range(12)])
        yield dataset


def shapes(region):
    """Where everything is, once all is there and nothing moves."""
    expect(region.locator(".fg-shimmer, .fg-empty")).to_have_count(0)
    for picture in tiles(region).locator("img").all():
        expect(picture).to_have_js_property("complete", True)
    region.evaluate(AT_REST)
    return region.evaluate(SHAPES)


@pytest.mark.parametrize("rules", [lambda: HOST_RULES, bootstrap], ids=["harsh", "bootstrap"])
def test_rules_of_the_page_hold_no_further(dataset, show, rules):
    region, _ = show(
        fg.Grid(dataset, captions=["score"], filters={"score": (1, 5)}, thumbnail_size=LARGE)
    )
    expect(status(region)).to_have_text("9 of 12 images")
    expect(tiles(region).locator("img")).to_have_count(9)
    region.page.evaluate("document.body.firstElementChild.className = 'host'")
    region.page.add_style_tag(content="body { margin: 0 !important; }")  # what is the page's own
    for opened in (False, True):
        if opened:
            tiles(region).first.dblclick()
            expect(region.get_by_role("dialog")).to_contain_text("tags")
            picture = region.get_by_role("dialog").get_by_role("img").first
            expect(picture).to_have_js_property("complete", True)
        before = shapes(region)
        sheet = region.page.add_style_tag(content=rules())
        assert shapes(region) == before
        sheet.evaluate("sheet => sheet.remove()")


def finger(thumb, start, by):
    """Moves a finger over the page, from `start` px right of a thumb's middle."""
    touch = thumb.page.context.new_cdp_session(thumb.page)
    box = thumb.bounding_box()
    x, y = box["x"] + box["width"] / 2 + start, box["y"] + box["height"] / 2
    for step in range(9 if any(by) else 1):
        point = [{"x": x + by[0] * step / 8, "y": y + by[1] * step / 8}]
        event = "touchMove" if step else "touchStart"
        touch.send("Input.dispatchTouchEvent", {"type": event, "touchPoints": point})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_finger_that_scrolls_over_a_slider_changes_nothing(dataset, show):
    grid = fg.Grid(dataset)
    region, _ = show(grid)
    thumb = slider(region, "width minimum")
    expect(status(region)).to_have_text("12 of 12 images")
    finger(thumb, 60, (3, -60))
    scroller = region.get_by_role("group", name="Filters").locator(".fg-scroller")
    region.page.wait_for_function("list => list.scrollTop > 0", arg=scroller.element_handle())
    expect(status(region)).to_have_text("12 of 12 images")
    assert grid.filters == {}


@pytest.mark.parametrize(("start", "by"), [(60, (0, 0)), (0, (90, 3))], ids=["tap", "sideways"])
def test_a_tap_and_a_sideways_move_of_a_finger_move_a_thumb(dataset, show, start, by):
    region, _ = show(fg.Grid(dataset))
    expect(status(region)).to_have_text("12 of 12 images")
    finger(slider(region, "width minimum"), start, by)
    expect(region.get_by_role("button", name="Remove filter width")).to_be_visible()


BELOW_TITLE = """thumb => {
  const list = thumb.closest(".fg-scroller");
  const title = list.querySelector(".fg-title").getBoundingClientRect();
  list.scrollTop += thumb.getBoundingClientRect().top - title.bottom;
}"""


def test_by_touch_a_slider_moves_as_before_once_its_chip_is_removed(dataset, show):
    grid = fg.Grid(dataset)
    region, _ = show(grid)
    expect(status(region)).to_have_text("12 of 12 images")
    thumb, chip = slider(region, "width minimum"), region.get_by_title("width ≥")
    remove = region.get_by_role("button", name="Remove filter width")
    finger(thumb, 0, (90, 3))
    expect(remove).to_be_visible()
    dragged = chip.text_content()
    remove.click()
    expect(remove).to_have_count(0)
    thumb.evaluate(BELOW_TITLE)  # which the list of filtered keys moves down, to under the finger
    finger(thumb, 60, (0, 0))
    expect(remove).to_be_visible()
    finger(remove, 0, (0, 0))
    expect(remove).to_have_count(0)
    expect(status(region)).to_have_text("12 of 12 images")
    finger(thumb, 0, (90, 3))
    expect(chip).to_have_text(dragged)
    # What was moved under the finger was not clicked on.
    for title in region.get_by_role("group", name="Filters").locator(".fg-title button").all():
        expect(title).to_have_attribute("aria-expanded", "true")


def test_right_to_left_pages(dataset, show):
    grid = fg.Grid(dataset, thumbnail_size=LARGE)
    region, _ = show(grid)
    expect(status(region)).to_have_text("12 of 12 images")
    before = shapes(region)
    region.page.evaluate("document.documentElement.dir = 'rtl'")
    assert shapes(region) == before
    fits(region)


def test_without_colours_the_track_and_the_selection_show(dataset, show):
    region, _ = show(fg.Grid(dataset, selected=[0]))
    expect(status(region)).to_have_text("12 of 12 images")
    region.page.emulate_media(forced_colors="active")
    track = region.locator(".fg-track").first
    colours = """(track) => [track, track.closest(".framegrid")]
      .map((element) => getComputedStyle(element).backgroundColor)"""
    drawn, paper = track.evaluate(colours)
    assert drawn != paper
    picture = samples(region).locator(".fg-selected .fg-picture")
    expect(picture).to_have_css("outline-style", "solid")


def test_the_dark_theme_of_panel(dataset, show):
    region, _ = show(fg.Grid(dataset))
    expect(status(region)).to_have_text("12 of 12 images")
    region.evaluate(INTO_SHADOW)
    expect(region).to_have_css("background-color", "rgb(255, 255, 255)")
    region.page.add_style_tag(content=PANEL_DARK)
    expect(region).to_have_css("background-color", "rgb(33, 37, 41)")
    expect(region).to_have_css("color", "color(srgb 1 1 1)")
