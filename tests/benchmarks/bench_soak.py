"""Scrolling through 50,000 tiles: what grows in the kernel and in the page, and how much."""

import pytest

pytestmark = pytest.mark.parametrize("lab", ["JupyterLab"], indirect=True)

TILES = 50_000
MAKE = f"""
import gc, os, threading, numpy as np, pandas as pd
from pathlib import Path
from PIL import Image
import framegrid as fg

photos = Path("photos")
photos.mkdir()
for i in range(200):
    colours = np.random.default_rng(i).integers(0, 256, (12, 16, 3), np.uint8)
    Image.fromarray(colours).resize((320, 240)).save(photos / f"{{i:05}}.jpg", quality=85)
originals = sorted(photos.iterdir())
for i in range(200, {TILES}):
    os.link(originals[i % 200], photos / f"{{i:05}}.jpg")
paths = sorted(map(str, photos.iterdir()))
grid = fg.show(pd.DataFrame({{"path": paths, "width": 320, "height": 240}}), thumbnail_size=64)

def usage():
    gc.collect()
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return {{
        "kernel MB": resident / 1e6,
        "kernel threads": threading.active_count(),
        "kernel requests": len(grid._messenger._loading),
    }}
"""
SCROLL = """async share => {
  const list = document.querySelector(".framegrid .fg-grid");
  const end = share * list.scrollHeight;
  while (list.scrollTop < end - list.clientHeight - 1) {
    const before = list.scrollTop;
    list.scrollTop += 0.95 * list.clientHeight;
    await new Promise(done => setTimeout(done, 30));
    if (list.scrollTop === before) break;
  }
}"""
# What may come on top between the first fifth, after which the caches are full, and the end.
LIMITS = {
    "kernel MB": 80,
    "kernel threads": 2,
    "kernel requests": 4,
    "page MB": 60,
    "page nodes": 500,
}


def test_scrolling_leaves_nothing_behind(lab, capsys, cold):
    lab.open(MAKE, "grid")
    cold(lab)
    lab.run(0, seconds=200)
    lab.run(1)
    lab.page.locator(".framegrid [role=option] img").first.wait_for()
    session = lab.page.context.new_cdp_session(lab.page)
    session.send("Performance.enable")
    early, late = (after(lab, session, share) for share in (0.2, 1.0))
    lab.page.locator(f".framegrid [aria-posinset='{TILES}']").wait_for()
    with capsys.disabled():
        print(f"\nscrolled through {TILES:,} tiles, after a fifth and at the end:", end="")
        for what, before in early.items():
            print(f"\n  {what}: {before:.0f}, {late[what]:.0f}", end="")
    assert {what for what in LIMITS if late[what] - early[what] > LIMITS[what]} == set()


def after(lab, session, share):
    lab.page.evaluate(SCROLL, share)
    lab.kernel.until("not grid._messenger._loading", seconds=60)
    session.send("HeapProfiler.collectGarbage")
    metrics = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
    page = {"page MB": metrics["JSHeapUsedSize"] / 1e6, "page nodes": metrics["Nodes"]}
    return {**lab.kernel.eval("usage()"), **page}
