"""Loops that write metadata in a cell, with an open grid that follows and without one."""

import statistics

import pytest

pytestmark = pytest.mark.parametrize("lab", ["JupyterLab"], indirect=True)

ROUNDS = 3
MAKE = """
import numpy as np, pandas as pd, time
import framegrid as fg
from pathlib import Path

rng = np.random.default_rng(0)
picture = rng.integers(0, 256, (1_000, 1_500), np.uint8)

def make(name):
    frame = pd.DataFrame(rng.random(({samples}, 8)), columns=[f"score{{i}}" for i in range(8)])
    frame["path"] = [f"/nowhere/{{i}}.jpg" for i in range({samples})]
    frame["width"], frame["height"] = rng.integers(100, 4000, (2, {samples}))
    dataset = fg.ImageDataset.from_dataframe(frame)
    dataset.save(name)
    return dataset, list(dataset)

def nothing(dataset, samples):
    for number in range(150_000):
        samples[number % len(samples)].metadata["score0"] = next(values)

def scores(dataset, samples):
    for number in range(700):
        sharpness = np.abs(np.diff(picture.astype(np.float32), axis=1)).mean()
        samples[number % len(samples)].metadata["score0"] = next(values) + sharpness

def bulks(dataset, samples):
    for number in range(500):
        ids = (np.arange(1_000) + 1_000 * number) % len(samples)
        start = next(values)
        scored = pd.DataFrame({{"score0": start + rng.random(1_000)}}, index=ids)
        dataset.update_metadata(scored)

def queued():
    "How long this thread has waited for a processor that others had, as far as Linux tells."
    schedule = Path("/proc/thread-self/schedstat")
    return int(schedule.read_text().split()[1]) / 1e9 if schedule.exists() else 0.0

def timed(loop, dataset, samples):
    time.sleep(0.5)
    start, queue = time.perf_counter(), queued()
    loop(dataset, samples)
    wall = time.perf_counter() - start
    return wall, wall - (queued() - queue)

values = iter(range(10**9))
alone, shown = make("alone"), make("shown")
grid = shown[0].show()
"""
# The two in turns, so that a slow moment slows both.
RUN = f"times = [(timed({{loop}}, *shown), timed({{loop}}, *alone)) for _ in range({ROUNDS})]"
# Counts how often the end of the slider moves whose key is written.
WATCH = """() => {
  window.moved = 0;
  const thumb = document.querySelector('.framegrid [aria-label="score0 maximum"]');
  new MutationObserver(() => moved++).observe(thumb, { attributeFilter: ["aria-valuemax"] });
}"""
LOOPS = {
    "nothing": "writes alone",
    "scores": "scores an image, then writes",
    "bulks": "writes 1,000 values at once",
}


@pytest.mark.parametrize("samples", [10_000, 100_000])
def test_streaming(lab, report, samples):
    lab.open(MAKE.format(samples=samples), "grid", *(RUN.format(loop=loop) for loop in LOOPS))
    lab.run(0)
    lab.run(1)
    lab.page.get_by_role("slider", name="score0 minimum").wait_for()
    lab.page.evaluate(WATCH)
    for cell, (loop, does) in enumerate(LOOPS.items(), 2):
        lab.kernel.run(f"{loop}(*shown)")
        lab.page.evaluate("moved = 0")
        lab.run(cell, seconds=300)
        times = lab.kernel.eval("times")
        wall, unqueued = (
            statistics.median(shown[i] / alone[i] for shown, alone in times) for i in (0, 1)
        )
        rate = lab.page.evaluate("moved") / sum(shown[0] for shown, _ in times)
        report(
            f"a loop that {does}, {samples:,} samples: {rate:.1f} updates of the grid a second, "
            f"{wall:.2f} x the time without a grid "
            f"({unqueued:.2f} x, not counting what it waited for a processor)"
        )
