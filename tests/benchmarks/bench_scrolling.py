"""Frames a second while a grid of a million samples scrolls, slowly, fast and by jumps.

Without sections and in 10,000 of them, in turns; with the work of the page's thread for a frame,
which other programs do not add to.
"""

import pytest
from playwright.sync_api import expect

from grid_timings import PACES, SCROLL

SAMPLES, SECTIONS = 1_000_000, 10_000
MAKE = f"""
import numpy as np, pandas as pd, framegrid as fg
from pathlib import Path
from PIL import Image

photos = Path("photos").absolute()
photos.mkdir()
rng = np.random.default_rng(0)
for i in range(500):
    colours = Image.fromarray(rng.integers(0, 256, (37, 50, 3), np.uint8))
    colours.resize((500, 374)).save(photos / f"{{i:03}}.jpg", quality=90)
paths = pd.Series(sorted(map(str, photos.iterdir())), dtype="str")
paths = paths.take(np.arange({SAMPLES}) % 500).to_numpy()
frame = pd.DataFrame({{"path": paths, "width": 500, "height": 374}})
frame["label"] = rng.integers(0, {SECTIONS}, {SAMPLES})
grid = fg.show(frame, height=800)
"""
FRAMES = 180


@pytest.mark.parametrize("lab", ["JupyterLab"], indirect=True)
def test_frames_a_second(lab, capsys, cold):
    lab.open(MAKE, "grid")
    cold(lab)
    lab.run(0, seconds=120)
    lab.run(1)
    lab.page.locator(".framegrid [role=option] img").first.wait_for()
    headers = lab.page.locator(".framegrid [data-section]")
    session = lab.page.context.new_cdp_session(lab.page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    for turn in range(4):
        group = ["", "label"][turn % 2]
        lab.kernel.run(f"grid.group = {group!r}")
        if group:
            headers.first.wait_for()
        else:
            expect(headers).to_have_count(0)
        with capsys.disabled():
            print(f"\n{'in sections' if group else 'without sections'}", end="")
        for what, px in PACES.items():
            before = worked(session)
            rate, late = lab.page.evaluate(SCROLL, px)
            work = (worked(session) - before) / FRAMES
            with capsys.disabled():
                print(
                    f"\n  {what}: {rate:.0f} frames a second (95 %: {late:.0f} ms), "
                    f"{work:.1f} ms of work each",
                    end="",
                )


def worked(session):
    """How long the page's thread has run scripts and laid out, in ms."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    took = {metric["name"]: metric["value"] for metric in metrics}
    return 1000 * sum(took[f"{what}Duration"] for what in ("Script", "Layout", "RecalcStyle"))
