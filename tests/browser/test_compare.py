"""Samples side by side in a real JupyterLab: one zoom for all, what differs, group after group."""

import pytest
from playwright.sync_api import expect

from grid_fixtures import samples, tile

MAKE = """
from pathlib import Path
from PIL import Image
import framegrid as fg

(folder := Path("photos")).mkdir()
for i in range(9):
    picture = Image.radial_gradient("L").convert("RGB").resize(((800, 400, 200)[i % 3],) * 2)
    picture.resize((picture.width, picture.width * 3 // 4)).save(folder / f"photo-{i}.png")
dataset = fg.ImageDataset.create("small")
dataset.add_images_from_path(folder, progress=False)
copies = ["a", "a", "a", "b", "c", "c", "d", "d", None]
dataset.update_metadata(
    {i: {"copies": copies[i], "score": i / 10, "label": "dog"} for i in range(9)}
)
"""
SHOW = "grid = dataset.show(); grid"
# The parts of the pictures that lie at one place of their frames, and the widths of the pictures.
PLACES = """([x, y]) => [...document.querySelectorAll(".fg-compare .fg-frame")].map(frame => {
  const outer = frame.getBoundingClientRect();
  const box = frame.querySelector("img:last-of-type").getBoundingClientRect();
  const part = [(outer.x + x - box.x) / box.width, (outer.y + y - box.y) / box.height];
  return [...part, box.width];
})"""
LOADED = "() => !document.querySelector('.fg-compare [aria-busy=true]')"


@pytest.fixture
def region(lab):
    lab.open(MAKE, SHOW)
    lab.run(0)
    lab.run(1)
    region = lab.page.get_by_role("region", name="framegrid: small")
    expect(tile(region, 8)).to_be_visible()
    return region


def in_step(page, *at):
    """The widths of the pictures, which have the same part at a place, to within a pixel."""
    page.wait_for_function(LOADED)
    places = page.evaluate(PLACES, list(at))
    first = places[0]
    for x, y, width in places:
        assert abs(x - first[0]) * width < 1
        assert abs(y - first[1]) * width < 1
    return [width for _, _, width in places]


def test_pictures_move_as_one_and_flicker_and_are_selected(lab, region):
    page = lab.page
    for number in range(3):
        tile(region, number).click(modifiers=["Control"])
    region.get_by_role("button", name="Compare", exact=True).click()
    dialog = region.get_by_role("dialog", name="Compare 3 images")
    lab.kernel.until("grid.compared == [0, 1, 2]")
    expect(dialog.get_by_role("button", name="Select photo-0.png")).to_be_focused()
    fits = in_step(page, 50, 50)
    assert max(fits) - min(fits) < 1
    panes = [dialog.get_by_role("group", name=f"photo-{i}.png") for i in range(3)]
    box = panes[1].bounding_box()
    x, y = box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.4
    page.mouse.move(x, y)
    page.mouse.wheel(0, -600)
    expect(dialog.get_by_role("button", name="Zoom to fit")).not_to_contain_text("Fit")
    assert in_step(page, 20, 90)[0] > 3 * fits[0]
    page.mouse.down()
    page.mouse.move(x + 70, y + 40, steps=4)
    page.mouse.up()
    in_step(page, 90, 20)
    page.keyboard.press("1")
    assert in_step(page, box["width"] / 2, (box["height"] - 30) / 2) == pytest.approx(
        [800, 400, 200], abs=1
    )
    page.keyboard.press("0")
    assert in_step(page, 50, 50) == pytest.approx(fits, abs=1)

    page.keyboard.down("b")
    expect(panes[0]).to_be_hidden()
    assert panes[2].bounding_box() == pytest.approx(box)
    page.keyboard.up("b")
    expect(panes[0]).to_be_visible()
    assert panes[2].bounding_box() != pytest.approx(box)

    expect(dialog.get_by_role("row", name="score")).to_be_visible()
    expect(dialog.get_by_role("row", name="label")).to_have_count(0)
    dialog.get_by_role("button", name="keys are the same").click()
    expect(dialog.get_by_role("row", name="label dog")).to_be_visible()
    panes[1].get_by_role("button").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    lab.kernel.until("grid.selected == [0, 1]")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(samples(region)).to_be_focused()
    lab.kernel.until("grid.compared == [] and grid.selected == [0, 1]")


def test_one_key_goes_to_the_next_group(lab, region):
    lab.kernel.run("grid.group = 'copies'")
    expect(region.get_by_role("group", name="copies: d")).to_be_visible()
    samples(region).focus()
    lab.page.keyboard.press("Home")
    lab.page.keyboard.press("c")
    dialog = region.get_by_role("dialog")
    expect(dialog).to_contain_text("copies: a")
    lab.kernel.until("grid.compared == [0, 1, 2]")
    lab.page.keyboard.press("n")
    lab.kernel.until("grid.compared == [4, 5]")
    expect(dialog).to_contain_text("copies: c")
    lab.page.keyboard.press("Space")
    lab.page.keyboard.press("PageDown")
    lab.kernel.until("grid.compared == [6, 7] and grid.selected == [4]")
    expect(dialog.get_by_role("button", name="Next group")).to_be_disabled()
    lab.page.keyboard.press("p")
    lab.kernel.until("grid.compared == [4, 5]")
    lab.kernel.run("grid.active = 3")
    expect(region.get_by_role("dialog", name="photo-3.png")).to_be_visible()
    lab.kernel.until("grid.compared == []")
