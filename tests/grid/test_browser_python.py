"""Python in the browser (JupyterLite): all works without threads and processes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import framegrid
from framegrid.base import threads

HERE = Path(__file__).parents[1]
PACKAGES = Path(framegrid.__file__).parents[1]

DATASET = """
dataset = fg.ImageDataset.create("here")
report = dataset.add_images_from_path("photos")
assert (report.added, report.broken) == (6, []), report
dataset.update_metadata([(number, {"score": number / 2}) for number in range(6)])
"""


@pytest.fixture
def run(photos, monkeypatch):
    """Runs a program there."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(HERE), str(PACKAGES)]))
    monkeypatch.setenv("FRAMEGRID_CACHE_DIR", str(photos.parent / "cache"))

    def runner(code):
        program = f"import browser_python\nimport framegrid as fg\n{code}"
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", program],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    return runner


def test_a_folder_becomes_a_dataset_that_is_edited_and_opened_again(run):
    edits = """
dataset.get_sample(0).metadata["score"] = 7
dataset.add_exif_metadata()
dataset.drop_metadata("score")
dataset.undo()
dataset.close()
with fg.ImageDataset.load("here") as again:
    assert again.df["score"].tolist() == [7, 0.5, 1, 1.5, 2, 2.5]
"""
    run(DATASET + edits)


def test_a_frame_becomes_a_dataset_that_is_saved(run):
    run("""
import pandas as pd
from pathlib import Path

paths = [str(path.resolve()) for path in sorted(Path("photos").iterdir())]
dataset = fg.ImageDataset.from_dataframe(pd.DataFrame({"path": paths, "score": range(6)}))
dataset.save("there")
dataset.close()
with fg.ImageDataset.load("there") as again:
    assert again.df["width"].notna().all() and len(again) == 6
""")


def test_metadata_is_computed(run):
    compute = """
report = dataset.compute_metadata(lambda image: {"edge": image.width})
assert (report.computed, report.failures) == (6, []), report
assert dataset.df["edge"].tolist() == dataset.df["width"].tolist()
"""
    run(DATASET + compute)


def test_a_grid_is_answered_before_its_message_handler_returns(run):
    ask = """
from framegrid.grid.answers.answers import Answers
from framegrid.grid.widget.messages import Messenger

heard = []
grid = dataset.show(filters={"score": (1, 2)})
assert len(grid.filtered) == 3
messenger = Messenger(Answers(dataset), lambda *message: heard.append(message))
texts = {"captions": [], "sort": "", "size": 128}
messenger.receive({"id": "1", "type": "tiles", "sample_ids": list(range(6)), **texts})
messenger.receive({"id": "2", "type": "picture", "sample_id": 0, "size": 600})
pictures = [each for content, _ in heard for each in content.get("part", {}).get("pictures", [])]
assert [picture["error"] for picture in pictures] == [None] * 6, pictures
replies = [content["reply"] for content, _ in heard if "ok" in content]
assert replies == ["1", "2"], replies
assert heard[-1][1], "the large picture"
grid.save_html("page.html")
fg.doctor()
"""
    run(DATASET + ask)


def test_an_open_grid_follows_quick_edits_when_the_cell_is_over(run):
    follow = """
import asyncio
from framegrid.grid.widget.throttle import Throttle

async def cell():
    revisions = []
    follow = Throttle(lambda: revisions.append(dataset.revision), 0.01)
    unsubscribe = dataset.subscribe(follow)
    for number in range(100):
        dataset.get_sample(0).metadata["score"] = number
    unsubscribe()
    assert len(revisions) < 100, len(revisions)
    while revisions[-1] < dataset.revision:
        await asyncio.sleep(0)

asyncio.run(asyncio.wait_for(cell(), 20))
"""
    run(DATASET + follow)


def test_without_threads_a_pool_works_on_the_callers(monkeypatch):
    def refuse(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threads.Thread, "start", refuse)
    with threads.pool(4, "test") as pool:
        assert pool.submit(divmod, 7, 2).result() == (3, 1)
        assert isinstance(pool.submit(divmod, 7, 0).exception(), ZeroDivisionError)
        doubled = pool.map(abs, iter([-1, None]))
        assert next(doubled) == 1
        with pytest.raises(TypeError):
            next(doubled)
