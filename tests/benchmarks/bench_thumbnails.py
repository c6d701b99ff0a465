"""From a scroll by a screen to the last painted thumbnail, in JupyterLab: cold, warm and busy."""

import statistics
import time

import pytest

pytestmark = pytest.mark.parametrize("lab", ["JupyterLab"], indirect=True)

PHOTOS = 6_000
ROUNDS = 5
MAKE = f"""
import numpy as np, pandas as pd, time
from pathlib import Path
from PIL import Image
import framegrid as fg
from framegrid.images import thumbnails
from threading import Event

rng = np.random.default_rng(0)
photos = Path("photos").absolute()
photos.mkdir(exist_ok=True)
base = Image.fromarray(rng.integers(0, 256, (37, 50, 3), np.uint8)).resize((500, 374))
noise = rng.integers(0, 50, (374, 500, 3))
base = Image.fromarray((np.asarray(base) * 0.8 + noise).astype("uint8"))
for i in range({PHOTOS}):
    photo = base.copy()
    photo.paste((i % 256, i // 256 * 16, 99), (100, 60, 300, 260))
    photo.save(photos / f"{{i:05}}.jpg", quality=90)
paths = sorted(map(str, photos.iterdir()))

def warm(first, last):
    done = Event()
    thumbnails.shared().request(paths[first:last], 128, lambda batch: None, done.set)
    done.wait()

frame = pd.DataFrame({{"path": paths, "width": 500, "height": 374}})
"""
SHOW = "grid = fg.show(frame, thumbnail_size={size}, height=1000); grid"
BUSY = {
    "a cell sleeps": "time.sleep(9)",
    "NumPy runs": """
end = time.time() + 9
while time.time() < end:
    np.sort(rng.random(200_000)).sum()
""",
    "a Python loop runs": """
end = time.time() + 9
while time.time() < end:
    sum(range(100))
""",
}
# Finds the tiles on the screen, and which of them are painted.
TILES = """
const list = () => document.querySelector(".framegrid .fg-grid");
const tiles = () => [...(list()?.querySelectorAll("[role=option]") ?? [])];
const isShown = tile => {
  const view = list().getBoundingClientRect();
  const { top, bottom } = tile.getBoundingClientRect();
  return bottom > view.top + 10 && top < view.bottom - 10;
};
const isPainted = tile => {
  const img = tile.querySelector("img:not(.fg-unpainted)");
  return img && img.complete && img.naturalWidth > 0;
};
"""
# Scrolls by one screen; gives the number of tiles that got a picture, and when, in ms, the first
# and the last of them were painted.
SCROLL = f"""screens => new Promise(done => {{
  {TILES}
  const known = new Set(tiles().map(tile => tile.dataset.sampleId));
  const start = performance.now();
  list().scrollTop += screens * list().clientHeight;
  let frames = 0, first = null;
  const look = () => {{
    const shown = tiles().filter(tile => isShown(tile) && !known.has(tile.dataset.sampleId));
    const painted = shown.filter(isPainted).length;
    if (++frames > 1 && first === null && painted)
      first = performance.now() - start;
    if (frames > 1 && shown.length && painted === shown.length)
      requestAnimationFrame(() => done([shown.length, first, performance.now() - start]));
    else requestAnimationFrame(look);
  }};
  requestAnimationFrame(look);
}})"""
# Waits until all tiles on the screen are painted; gives their number.
PAINTED = f"""() => new Promise(done => {{
  {TILES}
  const look = () => {{
    const shown = tiles().filter(isShown);
    if (shown.length && shown.every(isPainted)) done(shown.length);
    else requestAnimationFrame(look);
  }};
  look();
}})"""


class Scroller:
    """Scrolls down a grid, screen by screen; gives medians."""

    def __init__(self, lab):
        self.lab = lab
        self.scroll()

    def scroll(self):
        measured = self.lab.page.evaluate(SCROLL, 0.9)
        self.lab.page.wait_for_timeout(400)  # the pace of one who looks at them
        return measured

    def measure(self):
        measured = [self.scroll() for _ in range(ROUNDS)]
        return [statistics.median(column) for column in zip(*measured, strict=True)]


# Screens of about 60, 120 and 200 tiles.
@pytest.mark.parametrize("size", [118, 80, 60])
def test_scrolled_to_painted(lab, capsys, cold, size):
    lab.page.set_viewport_size({"width": 1800, "height": 1100})
    lab.open(MAKE, SHOW.format(size=size), *BUSY.values())
    cold(lab)
    lab.run(0, seconds=120)
    lab.run(1)
    lab.page.locator(".framegrid [role=option] img").first.wait_for()
    scroller = Scroller(lab)
    measured = {"cold": scroller.measure()}
    for cell, what in enumerate(BUSY, 2):
        lab.start(cell)
        measured[f"cold while {what}"] = scroller.measure()
        lab.wait(cell)
    lab.kernel.run(f"warm(0, {PHOTOS})")
    baseline = measured["warm"] = scroller.measure()
    with capsys.disabled():
        for what, (count, first, last) in measured.items():
            ratio = last / count * baseline[0] / baseline[2]
            print(
                f"\n{count:.0f} thumbnails, {what}: the first after {first:.0f} ms, all after "
                f"{last:.0f} ms, {ratio:.2f} x those that the cache had",
                end="",
            )


def test_made_by_a_cell_that_goes_on(lab, capsys, cold):
    show = "grid = fg.show(frame, thumbnail_size=118, height=800)\ndisplay(grid)\n"
    cells = {"the cell ends": show, **{what: show + body for what, body in BUSY.items()}}
    lab.page.set_viewport_size({"width": 1800, "height": 1100})
    took = {}
    for what, cell in cells.items():
        lab.open(MAKE, cell)
        cold(lab)
        lab.run(0, seconds=120)
        start = time.perf_counter()
        lab.start(1)
        count = lab.page.evaluate(PAINTED)
        took[what] = time.perf_counter() - start
        lab.wait(1)
        ratio = took[what] / took["the cell ends"]
        with capsys.disabled():
            print(
                f"\n{what} after it made the grid: its first {count} thumbnails, cold, painted "
                f"after {took[what] * 1000:.0f} ms, {ratio:.2f} x those of a cell that ends",
                end="",
            )
