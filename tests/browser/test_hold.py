"""The grid beside a loop that writes: tiles stay where they are until the cell has run."""

import re

import pytest
from playwright.sync_api import expect

from grid_fixtures import small_grid, status

# It leaves its watch in the page.
pytestmark = pytest.mark.own_page

COUNT = 60
MAKE = """
dataset.update_metadata([(i, {"loss": 1 - i / COUNT}) for i in range(COUNT)])
grid = dataset.show(sort="-loss", captions=["loss"], filters={"loss": (0, None)}, height=700)
"""
# About 1,000 writes a second, until the file says that it is enough.
LOOP = """
while not Path("enough").exists():
    dataset.get_sample(dice.randrange(COUNT)).metadata["loss"] = dice.random() - 0.2
    time.sleep(0.001)
"""
# Collects, frame by frame, where each tile was, and what was told beside the tiles.
COLLECT = """() => {
  window.seen = { places: new Set(), captions: new Set(), status: new Set(), pulses: 0 };
  const grid = document.querySelector(".framegrid");
  const look = () => {
    const tiles = [...grid.querySelectorAll("[role=option]")];
    seen.places.add(tiles.map(t => t.dataset.sampleId + t.style.transform).sort().join());
    seen.captions.add(tiles.map(t => t.querySelector(".fg-caption").title).join());
    seen.status.add(grid.querySelector("[role=status]").textContent);
    seen.pulses += grid.getAnimations({ subtree: true }).length;
    window.looking = requestAnimationFrame(look);
  };
  look();
}"""
STREAMS = """() => seen.captions.size > 8 && seen.status.size > 2
  && document.querySelector(".framegrid .fg-out")"""
IN_ORDER = """first => !document.querySelector(".framegrid .fg-out")
  && document.querySelector('.framegrid [aria-posinset="1"]').dataset.sampleId == first"""
ORDER = """tiles => tiles
  .sort((a, b) => a.ariaPosInSet - b.ariaPosInSet)
  .map(tile => Number(tile.dataset.sampleId))"""


@pytest.fixture
def watched(lab):
    """A grid, sorted and filtered by what a loop writes, which begins with `lab.start(2)`."""
    return small_grid(lab, COUNT, MAKE, "grid", LOOP)


def test_tiles_stay_where_they_are_until_the_cell_has_run(lab, watched):
    tiles = watched.get_by_role("listbox", name="Samples").get_by_role("option")
    badge = watched.get_by_role("button", name=re.compile(r"^\d+ moved$"))
    before = tiles.evaluate_all(ORDER)
    assert badge.count() == 0
    lab.page.evaluate(COLLECT)
    lab.start(2)
    expect(badge).to_be_visible(timeout=30_000)
    lab.page.wait_for_function(STREAMS, timeout=30_000)
    assert lab.page.evaluate("seen.places.size") == 1
    assert lab.page.evaluate("seen.pulses") > 0
    gone = watched.get_by_role("option", name=re.compile("no longer passes the filters"))
    expect(gone.first).to_be_visible()

    badge.click()
    lab.page.wait_for_function("() => seen.places.size > 1")
    after = tiles.evaluate_all(ORDER)
    assert after != before

    watched.get_by_role("button", name="Sort direction").click()
    lab.page.wait_for_function("before => seen.places.size > before + 1", arg=1)

    lab.page.evaluate("cancelAnimationFrame(looking)")
    (lab.folder / "enough").touch()
    lab.wait(2)
    expect(badge).to_have_count(0)
    rows = lab.kernel.eval("list(map(int, grid.filtered.index))")
    expect(status(watched)).to_have_text(f"{len(rows)} of {COUNT} images")
    lab.page.wait_for_function(IN_ORDER, arg=rows[0])
    shown = tiles.evaluate_all(ORDER)
    assert shown == rows[: len(shown)]
