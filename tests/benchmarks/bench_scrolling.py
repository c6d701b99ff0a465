"""Frames a second while a grid of a million samples scrolls, slowly, fast and by jumps."""

import pytest

SAMPLES = 1_000_000
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
grid = fg.show(pd.DataFrame({{"path": paths, "width": 500, "height": 374}}), height=800)
"""
# Scrolls by so many px a frame, or with null to anywhere; gives the frames a second and the time,
# in ms, of the slowest but one of twenty.
SCROLL = """px => new Promise(done => {
  const list = document.querySelector(".framegrid .fg-grid");
  const times = [];
  const next = now => {
    times.push(now);
    if (px === null) list.scrollTop = Math.random() * list.scrollHeight;
    else list.scrollTop += px;
    if (times.length <= 180) return requestAnimationFrame(next);
    const took = times.slice(1).map((time, i) => time - times[i]).sort((a, b) => a - b);
    done([180_000 / (times[180] - times[0]), took[171]]);
  };
  requestAnimationFrame(next);
})"""
PACES = {"resting": 0, "slowly": 20, "fast": 100, "a screen a frame": 800, "by jumps": None}


@pytest.mark.parametrize("lab", ["JupyterLab"], indirect=True)
def test_frames_a_second(lab, capsys, cold):
    lab.open(MAKE, "grid")
    cold(lab)
    lab.run(0, seconds=120)
    lab.run(1)
    lab.page.locator(".framegrid [role=option] img").first.wait_for()
    for what, px in PACES.items():
        rate, late = lab.page.evaluate(SCROLL, px)
        with capsys.disabled():
            print(f"\n{what}: {rate:.0f} frames a second (95 %: {late:.0f} ms)", end="")
