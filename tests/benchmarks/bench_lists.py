"""Lists of numbers of one length, from a DataFrame to a file and back, against pandas."""

import subprocess
import sys

import numpy as np
import pytest

# Time and memory begin when the columns are there.
MADE = """
import gc, shutil, tempfile, time
from pathlib import Path
import numpy as np, pandas as pd, pyarrow.parquet
import framegrid as fg
fg.ImageDataset
rng = np.random.default_rng(0)
cells = {cells}
frame = pd.DataFrame({{"path": [f"/photos/{{row:06}}.jpg" for row in range(20_000)]}})
frame = frame.assign(width=640, height=480, key=pd.Series(cells, dtype=object))
folder = Path(tempfile.mkdtemp())
file = folder / "lists.parquet"
def kilobytes(which):
    with open("/proc/self/status") as status:
        return int(dict(line.split(":", 1) for line in status)[which].split()[0])
def begin():
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins here
    return kilobytes("VmRSS"), time.perf_counter()
base, start = begin()
{work}
print(time.perf_counter() - start, kilobytes("VmHWM") - base)
shutil.rmtree(folder)
"""
CELLS = {
    "embeddings of float32": 'list(rng.normal(size=(20_000, 512)).astype("f4"))',
    "embeddings of float64": "list(rng.normal(size=(20_000, 512)))",
    "embeddings as lists": "rng.normal(size=(20_000, 512)).tolist()",
    "boxes": "rng.integers(0, 4000, (20_000, 4)).tolist()",
    "boxes as arrays": "list(rng.integers(0, 4000, (20_000, 4)))",
}
PANDAS = """
frame.to_parquet(file)
back = pd.read_parquet(file)
back["key"].iloc[0]
"""
BACK = """
made.save(file)
back = fg.ImageDataset.load(file)
back.df["key"].iloc[0]
"""
WAYS = {
    "from_dataframe": f"made = fg.ImageDataset.from_dataframe(frame){BACK}",
    "update_metadata": f"""
made = fg.ImageDataset.from_dataframe(frame.drop(columns="key"))
base, start = begin()
made.update_metadata(frame[["key"]]){BACK}""",
    "show": f"""
fg.show(frame[:1])
time.sleep(2)  # its processes for pictures start meanwhile, once
base, start = begin()
grid = fg.show(frame)
made = grid.dataset{BACK}""",
}
MOST = 3
AT_ONCE = 0.1  # s; of that, looking at 20,000 paths and syncing files is most


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("what", CELLS)
def test_lists_of_numbers(report, what, way):
    runs = np.array([[measured(what, work) for work in (WAYS[way], PANDAS)] for _ in range(3)])
    (mine, my_peak), (theirs, their_peak) = np.min(runs, axis=0)
    report(
        f"{what}, {way}, there and back: {mine:.2f} s, {mine / theirs:.2f} x pandas; "
        f"{my_peak / 1000:.0f} MB, {my_peak / their_peak:.2f} x"
    )
    assert mine / theirs <= MOST or mine < AT_ONCE
    assert my_peak / their_peak <= MOST


def measured(what, work):
    """Seconds and kB that work takes."""
    program = [sys.executable, "-c", MADE.format(cells=CELLS[what], work=work)]
    answer = subprocess.run(program, check=True, capture_output=True, text=True)
    return [float(number) for number in answer.stdout.split()]
