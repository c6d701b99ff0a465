"""From a real key press or mouse move on a slider to the changed count, in JupyterLab."""

import statistics
import time

from playwright.sync_api import expect

SAMPLES = 10_000
MOVES = 40
CELL = f"""
import numpy as np, pandas as pd, framegrid as fg
rng = np.random.default_rng(0)
frame = pd.DataFrame(rng.random(({SAMPLES}, 8)), columns=[f"score{{i}}" for i in range(8)])
frame["path"] = [f"/nowhere/{{i}}.jpg" for i in range({SAMPLES})]
frame["width"], frame["height"] = rng.integers(100, 4000, (2, {SAMPLES}))
grid = fg.show(frame)
grid
"""
# Times each event on a slider until the count has changed.
WATCH = """() => {
  window.delays = [];
  const widget = document.querySelector(".framegrid");
  let since = null;
  const note = event => { since = event.timeStamp; };
  for (const type of ["keydown", "pointermove"]) widget.addEventListener(type, note, true);
  new MutationObserver(() => {
    if (since !== null) delays.push(performance.now() - since);
    since = null;
  }).observe(widget.querySelector("[role=status]"), {
    subtree: true, childList: true, characterData: true,
  });
}"""


def test_slider_to_count(lab, capsys):
    lab.open(CELL)
    lab.run(0)
    region = lab.page.get_by_role("region", name="framegrid")
    thumb = region.get_by_role("slider", name="score0 minimum")
    expect(thumb).to_be_visible()
    thumb.focus()
    lab.page.evaluate(WATCH)
    keys, moves = press(lab.page), drag(lab.page, thumb)
    kernel = asked_of_kernel(lab.kernel)
    with capsys.disabled():
        for what, delays in (("key press", keys), ("mouse move", moves)):
            median, late = statistics.median(delays), statistics.quantiles(delays, n=20)[-1]
            print(
                f"\nslider {what} to new count, {SAMPLES:,} samples: {median:.1f} ms "
                f"(95 %: {late:.1f} ms), {median / kernel:.2f} x the count asked of the kernel"
            )


def press(page):
    for _ in range(MOVES):
        page.keyboard.press("ArrowRight")
        settle(page)
    return collect(page)


def drag(page, thumb):
    box = thumb.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    collect(page)
    for step in range(1, MOVES + 1):
        page.mouse.move(x + 2 * step, y)
        settle(page)
    page.mouse.up()
    return collect(page)


def settle(page):
    """Two frames, so that each move is drawn by itself."""
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def collect(page):
    return page.evaluate("() => delays.splice(0)")


def asked_of_kernel(kernel):
    timings = []
    for _ in range(MOVES):
        start = time.perf_counter()
        kernel.eval("len(grid.filtered)")
        timings.append((time.perf_counter() - start) * 1000)
    return statistics.median(timings)
