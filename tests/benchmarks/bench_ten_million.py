"""Ten million samples with ten keys in JupyterLab: all that is promised of them, in one run."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from grid_timings import PACES, SCROLL, SET, SHOWN, readable
from slider_moves import WATCH, drag, press

SAMPLES, KEYS = 10_000_000, 10
MAKE = f"""
import gc, numpy as np, pandas as pd, pyarrow as pa, framegrid as fg

rng = np.random.default_rng(0)
frame = pd.DataFrame({{f"score{{i}}": rng.normal(size={SAMPLES}) for i in range({KEYS - 3})}})
frame["label"] = rng.integers(0, 1_000, {SAMPLES})
frame["path"] = pd.Series(["/nowhere/1.jpg", "/nowhere/2.jpg"], dtype="str").take(
    np.arange({SAMPLES}) % 2
).to_numpy()
frame["width"], frame["height"] = rng.integers(100, 4000, (2, {SAMPLES}))
dataset = fg.ImageDataset.from_dataframe(frame)
del frame
gc.collect()
pa.default_memory_pool().release_unused()

def memory():
    pages = open("/proc/self/statm").read().split()[1]
    return int(pages) * __import__("resource").getpagesize()
"""
# High enough that every filter is in view.
SHOW = "grid = dataset.show(height=1400); grid"


@pytest.mark.parametrize("lab", ["JupyterLab"], indirect=True)
def test_ten_million(lab, report):
    lab.open(MAKE, SHOW)
    lab.run(0, seconds=300)
    kernel, browser = lab.kernel.eval("memory()"), renderers()
    opened(lab, report)
    grown = lab.kernel.eval("memory()") - kernel
    report(f"memory, kernel: {grown / SAMPLES / KEYS:.1f} bytes per row and key")
    report(f"memory, browser: {(renderers() - browser) / SAMPLES / KEYS:.1f} bytes")
    lab.page.evaluate(WATCH)
    thumb = lab.page.get_by_role("slider", name="score0 minimum")
    for group in ("", "label:value"):
        lab.kernel.run(f"grid.group = {group!r}")
        headers = lab.page.locator(".framegrid [data-section]")
        expect(headers.first).to_be_visible() if group else expect(headers).to_have_count(0)
        press(lab.page, thumb)  # the first hover makes the index
        for what, moves in (("key press", press), ("mouse move", drag)):
            report(
                f"{group or 'no sections'}, {what} to new count: {readable(moves(lab.page, thumb))}"
            )
        lab.kernel.run("grid.filters = {}")
        expect(lab.page.locator(".framegrid [role=status] b")).to_have_text(f"{SAMPLES:,}")
        for pace, px in PACES.items():
            rate, late = lab.page.evaluate(SCROLL, px)
            report(f"{group or 'no sections'}, scrolls {pace}: {rate:.0f} fps, 95 % {late:.0f} ms")
    lab.kernel.run("grid.group = ''")
    for sort in ("score1", "-width", ["label", "-score2"], "random:7", "-score1"):
        lab.page.evaluate(SHOWN, False)
        started = lab.kernel.eval(SET.format(f"setattr(grid, 'sort', {sort!r})"))
        report(f"sorts by {sort}: {lab.page.evaluate('() => window.shown') - started:.0f} ms")


def opened(lab, report):
    """Open the grid, and tell when its tiles and all of its sliders were there."""
    lab.start(1)
    started = time.perf_counter()
    lab.page.wait_for_selector(".framegrid [data-sample-id]", timeout=60_000)
    report(f"first tiles {time.perf_counter() - started:.1f} s after the cell")
    for number in range(KEYS - 3):
        lab.page.get_by_role("slider", name=f"score{number} minimum").wait_for(timeout=60_000)
    expect(lab.page.locator(".framegrid .fg-waiting")).to_have_count(0, timeout=60_000)
    report(f"all sliders {time.perf_counter() - started:.1f} s after the cell")


def renderers():
    """Resident memory of the largest page of a browser in bytes, as Linux tells it."""
    sizes = [0]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            pages = int((process / "statm").read_text(encoding="ascii").split()[1])
        except OSError:
            continue
        if b"--type=renderer" in command:
            sizes.append(pages * 4096)
    return max(sizes)
