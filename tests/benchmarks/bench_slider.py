"""From a real key press or mouse move on a slider to the changed count, in JupyterLab."""

import resource
import statistics
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from slider_moves import FRAME_MS, WATCH, drag, press

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
CELL = """
import numpy as np, pandas as pd, framegrid as fg
rng = np.random.default_rng(0)
frame = pd.DataFrame({{f"score{{i}}": rng.normal(size={samples}) for i in range({scores})}})
frame["path"] = pd.Series(["/nowhere/1.jpg", "/nowhere/2.jpg"], dtype="str").take(
    np.arange({samples}) % 2
).to_numpy()
frame["width"], frame["height"] = rng.integers(100, 4000, (2, {samples}))
dataset = fg.ImageDataset.from_dataframe(frame)
"""
# High enough that every filter is in view.
SHOW = "grid = dataset.show(height=1200); grid"
# The longest time between two frames while a slider's index is made.
HOVER = """async () => {
  const frames = [performance.now()];
  document.querySelector('[aria-label="score1"]').dispatchEvent(new PointerEvent("pointerenter"));
  while (frames.length < 40) frames.push(await new Promise(requestAnimationFrame));
  return Math.max(...frames.slice(1).map((frame, index) => frame - frames[index]));
}"""


@pytest.mark.parametrize("lab", ["JupyterLab"], indirect=True)
@pytest.mark.parametrize("samples", SIZES)
def test_opening_and_sliding(lab, server, capsys, samples):
    # Ten keys can be filtered by, of ten million samples four.
    lab.open(CELL.format(samples=samples, scores=2 if samples == SIZES[-1] else 8), SHOW)
    lab.run(0, seconds=300)
    before = memory(server)
    lab.start(1)
    started = time.perf_counter()
    lab.page.wait_for_selector(".framegrid [data-sample-id]", timeout=60_000)
    tiles = time.perf_counter() - started
    thumb = lab.page.get_by_role("slider", name="score0 minimum")
    thumb.wait_for(timeout=60_000)
    expect(lab.page.locator(".framegrid .fg-waiting")).to_have_count(0, timeout=60_000)
    sliders = time.perf_counter() - started
    used = memory(server) - before
    kernel = asked_of_kernel(lab.kernel)
    lab.page.evaluate(WATCH)
    longest = lab.page.evaluate(HOVER)
    keys, moves = press(lab.page, thumb), drag(lab.page, thumb)
    end = to_the_end(lab.page, samples)
    with capsys.disabled():
        print(f"\n{samples:,} samples: tiles {tiles:.1f} s, sliders {sliders:.1f} s after the cell")
        print(f"  server {used:+.0f} MB, longest frame while indexing {longest:.0f} ms")
        print(f"  the last sample {end:.0f} ms after the key that goes there")
        for what, measured in (("key press", keys), ("mouse move", moves)):
            delays, waits = zip(*measured, strict=True)
            median, late = statistics.median(delays), statistics.quantiles(delays, n=20)[-1]
            print(
                f"  {what} to new count: {median:.1f} ms, {median / FRAME_MS:.1f} frames "
                f"(95 %: {late:.1f} ms), {statistics.median(waits):.1f} ms of it in the browser's "
                f"queue, {median / kernel:.2f} x the count asked of the kernel"
            )


def memory(server):
    """Resident memory of the Jupyter server in MB, as Linux tells it."""
    pages = Path(f"/proc/{server.process.pid}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * resource.getpagesize() / 1e6


def to_the_end(page, samples):
    """Milliseconds from the End key until the grid shows its last sample."""
    page.get_by_role("button", name="Clear all filters").click()
    expect(page.locator(".framegrid [role=status] b")).to_have_text(f"{samples:,}")
    page.get_by_role("listbox", name="Samples").focus()
    start = time.perf_counter()
    page.keyboard.press("End")
    page.locator(f".framegrid [aria-posinset='{samples}']").wait_for()
    return (time.perf_counter() - start) * 1000


def asked_of_kernel(kernel):
    timings = []
    for _ in range(5):
        start = time.perf_counter()
        kernel.eval("len(grid.filtered)")
        timings.append((time.perf_counter() - start) * 1000)
    return statistics.median(timings)
