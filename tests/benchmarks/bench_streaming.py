"""A loop that writes metadata in a cell, with an open grid that follows and without one."""

import statistics

import pytest

pytestmark = pytest.mark.parametrize("lab", ["JupyterLab"], indirect=True)

ROUNDS = 5
MAKE = """
import numpy as np, pandas as pd, time
import framegrid as fg

rng = np.random.default_rng(0)

def make(name):
    frame = pd.DataFrame(rng.random(({samples}, 8)), columns=[f"score{{i}}" for i in range(8)])
    frame["path"] = [f"/nowhere/{{i}}.jpg" for i in range({samples})]
    frame["width"], frame["height"] = rng.integers(100, 4000, (2, {samples}))
    dataset = fg.ImageDataset.from_dataframe(frame)
    dataset.save(name)
    return dataset

def loop(dataset):
    start, processor = time.perf_counter(), time.thread_time()
    for number, sample in zip(range(30_000), dataset):
        sample.metadata["score0"] = number * 0.5 + start
    return time.perf_counter() - start, time.thread_time() - processor

alone, shown = make("alone"), make("shown")
grid = shown.show()
"""
# The two in turns, so that a slow moment slows both.
RUN = f"times = [(loop(shown), loop(alone)) for _ in range({ROUNDS})]"
# Counts how often the end of the slider moves whose key is written.
WATCH = """() => {
  window.moved = 0;
  let last = "";
  const look = () => {
    const thumb = document.querySelector('.framegrid [aria-label="score0 maximum"]');
    const now = thumb?.getAttribute("aria-valuemax") ?? "";
    if (now !== last) moved += 1;
    last = now;
    requestAnimationFrame(look);
  };
  look();
}"""


@pytest.mark.parametrize("samples", [10_000, 100_000])
def test_streaming(lab, capsys, samples):
    lab.open(MAKE.format(samples=samples), "grid", RUN)
    lab.run(0)
    lab.run(1)
    lab.page.get_by_role("slider", name="score0 minimum").wait_for()
    lab.kernel.run("loop(shown), loop(alone)")
    lab.page.evaluate(WATCH)
    lab.run(2, seconds=300)
    times = lab.kernel.eval("times")
    wall, processor = (
        statistics.median(shown[i] / alone[i] for shown, alone in times) for i in (0, 1)
    )
    rate = lab.page.evaluate("moved") / sum(shown[0] for shown, _ in times)
    with capsys.disabled():
        print(
            f"\na loop that writes, {samples:,} samples: {rate:.1f} updates of the grid a second, "
            f"{wall:.2f} x the time without a grid ({processor:.2f} x of its processor time)",
            end="",
        )
