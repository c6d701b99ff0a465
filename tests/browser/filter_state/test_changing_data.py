"""One filter state: chip, slider, query and Python say the same, whatever happens meanwhile."""

import re

import pytest
from playwright.sync_api import expect

from grid_fixtures import agree, box, only, slider, status

# It leaves its watch in the page.
pytestmark = pytest.mark.own_page

# Counts that were on the screen, frame by frame, and the value of a thumb with them.
WATCH = """() => {
  window.seen = [];
  const count = document.querySelector(".framegrid [role=status] b");
  const look = () => {
    seen.push(count.textContent);
    window.looking = requestAnimationFrame(look);
  };
  look();
}"""


def test_a_handle_that_was_not_moved_stays_open_as_the_data_grows(lab, region):
    only(region, "score")
    least, most = slider(region, "score minimum"), slider(region, "score maximum")
    least.focus()
    for _ in range(2):
        lab.page.keyboard.press("ArrowRight")
    lab.kernel.until("grid.filters == {'score': {'min': 2, 'max': None, 'missing': False}}")
    lab.kernel.run("dataset.update_metadata({i: {'score': 2 + i} for i in range(2, COUNT)})")
    expect(most).to_have_attribute("aria-valuenow", "201")
    assert agree(lab, region) == 198
    expect(region.get_by_title("score ≥ 2")).to_be_visible()

    # What is typed is a bound, also at the extreme; a handle moved to its end is open again.
    box(region, "score maximum").fill("201")
    lab.page.keyboard.press("Enter")
    lab.kernel.until("grid.filters == {'score': {'min': 2, 'max': 201, 'missing': False}}")
    lab.kernel.run("dataset.update_metadata({5: {'score': 999}})")
    assert agree(lab, region) == 197
    most.focus()
    lab.page.keyboard.press("End")
    lab.kernel.until("grid.filters == {'score': {'min': 2, 'max': None, 'missing': False}}")
    assert agree(lab, region) == 198
    least.focus()
    lab.page.keyboard.press("Home")
    lab.kernel.until("grid.filters == {}")
    expect(region.get_by_role("button", name="Remove filter score")).to_have_count(0)


WRITE = """
stop = threading.Event()
def write():
    step = 0
    while not stop.is_set():
        step += 1
        dataset.update_metadata({i: {"score": (i * 7 + step) % (30 + step)} for i in range(COUNT)})
        time.sleep(0.02)
writer = threading.Thread(target=write)
writer.start()
"""


def test_a_drag_while_another_thread_writes(lab, region):
    only(region, "score")
    thumb = slider(region, "score minimum")
    place = thumb.bounding_box()
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    lab.kernel.run(WRITE)
    lab.page.evaluate(WATCH)
    lab.page.mouse.move(x, y)
    lab.page.mouse.down()
    for step in range(60):
        lab.page.mouse.move(x + 60 - abs(step - 40), y)
        lab.page.evaluate("() => new Promise(requestAnimationFrame)")
    lab.page.mouse.move(x + 45, y)
    held = thumb.get_attribute("aria-valuenow")
    wanted = {"min": int(held), "max": None, "missing": False}
    lab.kernel.until(f"grid.filters == {{'score': {wanted}}}")
    revision = lab.kernel.eval("dataset.revision")
    lab.kernel.until(f"grid._revision > {revision} + 5")
    expect(thumb).to_have_attribute("aria-valuenow", held)
    lab.page.mouse.up()
    lab.kernel.run("stop.set(); writer.join()")
    seen = lab.page.evaluate("() => { cancelAnimationFrame(looking); return seen; }")
    assert "0" not in seen
    assert len(set(seen)) > 5
    expect(thumb).to_have_attribute("aria-valuenow", held)
    assert lab.kernel.eval("grid.filters") == {"score": wanted}
    agree(lab, region)


def test_a_cell_finds_what_was_set_with_keys_just_before(lab, region):
    only(region, "score")
    thumb = slider(region, "score minimum")
    thumb.focus()
    for _ in range(10):
        lab.page.keyboard.press("ArrowRight")
    lab.start(2)
    lab.wait(2)
    assert lab.kernel.eval("told['score']['min']") == 10
    expect(thumb).to_have_attribute("aria-valuenow", "10")


DELAY = """
import framegrid.grid.widget.grid as widget
receive, set_state = widget.Grid._receive, widget.Grid.set_state
def slowly(call):
    def wait(*args):
        time.sleep(0.4)
        return call(*args)
    return wait
widget.Grid._receive, widget.Grid.set_state = slowly(receive), slowly(set_state)
"""


@pytest.mark.parametrize("pause_ms", [30, 120, 260, 300])
def test_typing_loses_no_letter_at_any_speed_with_a_slow_kernel(lab, region, pause_ms):
    lab.kernel.run(DELAY)
    only(region, "note")
    contains = region.get_by_role("searchbox", name="note contains")
    contains.click()
    typed = ""
    for letter in "goldfish 19":
        lab.page.keyboard.type(letter)
        typed += letter
        expect(contains).to_have_value(typed)
        lab.page.wait_for_timeout(pause_ms)
    lab.kernel.until("grid.filters == {'note': {'contains': 'goldfish 19'}}")
    expect(contains).to_have_value("goldfish 19")
    expect(status(region)).to_have_text("11 of 200 images")
    # Whoever else sets the filter is shown, also while the box has the focus.
    lab.kernel.run("grid.filters = {'note': {'contains': 'fish 5'}}")
    expect(contains).to_have_value("fish 5")
    region.get_by_role("button", name="Remove filter note").click()
    expect(contains).to_have_value("")


def test_what_is_typed_stays_while_the_data_changes(lab, region):
    lab.kernel.run(WRITE)
    only(region, "score")
    least = box(region, "score minimum")
    least.click()
    for letter in "12":
        lab.page.keyboard.type(letter)
        revision = lab.kernel.eval("dataset.revision")
        lab.kernel.until(f"grid._revision > {revision} + 3")
    expect(least).to_have_value("12")
    lab.page.keyboard.press("Enter")
    lab.kernel.until("grid.filters == {'score': {'min': 12, 'max': None, 'missing': False}}")
    lab.kernel.run("stop.set(); writer.join()")
    agree(lab, region)


# Whether the values on tiles are in the order of the grid, looked at in every frame.
ORDERED = """() => {
  window.disorder = []; window.frames = 0;
  const look = () => {
    const tiles = [...document.querySelectorAll(".framegrid [role=option][data-sample-id]")]
      .sort((a, b) => a.getAttribute("aria-posinset") - b.getAttribute("aria-posinset"));
    const value = tile => /loss ([\\d.e-]+)/.exec(tile.getAttribute("aria-label"))?.[1];
    const shown = tiles.map(value).filter(Boolean).map(Number);
    if (shown.length > 10) window.frames++;
    if (shown.some((value, i) => i && value > shown[i - 1])) disorder.push(shown.join(" "));
    window.looking = requestAnimationFrame(look);
  };
  look();
}"""
SHUFFLE = """
for step in range(60):
    order = dice.sample(range(COUNT), COUNT)
    dataset.update_metadata({i: {"loss": order[i] / 200} for i in range(COUNT)})
    time.sleep(0.05)
"""


def test_a_sorted_grid_never_shows_a_value_out_of_order(lab, region):
    region.get_by_role("combobox", name="Sort by").select_option("loss")
    region.get_by_role("button", name="Sort direction").click()
    first = region.locator("[role=option][aria-posinset='1']")
    expect(first).to_have_accessible_name(re.compile("loss 0.99"))
    lab.page.evaluate(ORDERED)
    lab.kernel.run(SHUFFLE, seconds=120)
    lab.page.wait_for_function("window.frames > 20")
    assert lab.page.evaluate("() => { cancelAnimationFrame(looking); return disorder; }") == []
    last = lab.kernel.eval("int(grid.filtered.index[0])")
    expect(first).to_have_attribute("data-sample-id", str(last))
    expect(first).to_have_accessible_name(re.compile("loss 0.99"))
