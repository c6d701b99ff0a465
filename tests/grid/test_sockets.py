"""The notebook's connection is the only one: framegrid opens none, in no process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import framegrid

PACKAGES = Path(framegrid.__file__).parents[1]

# Python runs this when it starts, in worker processes too.
WATCH = """
import os, sys

NETWORK = {"socket.bind", "socket.connect", "socket.getaddrinfo", "socket.sendto"}

def watch(event, args):
    if event in NETWORK:
        with open(os.environ["HEARD"], "a") as file:
            print(event, args, file=file)

sys.addaudithook(watch)
with open(os.environ["HEARD"], "a") as file:
    print("process", file=file)
"""
LOOK = """
import threading
import framegrid as fg
from framegrid.grid.answers.answers import Answers
from framegrid.grid.widget.messages import Messenger

dataset = fg.ImageDataset.create("quiet")
dataset.add_images_from_path("photos", exif=True)
dataset.compute_metadata(fg.features.sharpness)
grid = dataset.show()
replies = threading.Semaphore(0)
messenger = Messenger(Answers(dataset), lambda content, _: "ok" in content and replies.release())
tiles = {"sample_ids": list(range(6)), "size": 128, "captions": [], "sort": ""}
for request in (
    {"type": "ready"},
    {"type": "tiles", **tiles},
    {"type": "sample", "sample_id": 0},
    {"type": "picture", "sample_id": 0, "size": 600},
):
    messenger.receive({"id": request["type"], **request})
    assert replies.acquire(timeout=60), request
grid.save_html("page.html")
grid.close()
dataset.close()
"""


def watched(program, folder, monkeypatch):
    """Run a program and give what was heard of it: a line per process, and its network calls."""
    (folder / "watch").mkdir()
    (folder / "watch/sitecustomize.py").write_text(WATCH)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder / "watch"), str(PACKAGES)]))
    monkeypatch.setenv("HEARD", str(folder / "heard"))
    monkeypatch.setenv("FRAMEGRID_CACHE_DIR", str(folder / "cache"))
    subprocess.run([sys.executable, "-c", program], check=True)
    return (folder / "heard").read_text().splitlines()


def test_a_grid_opens_no_connection(photos, monkeypatch):
    heard = watched(LOOK, photos.parent, monkeypatch)
    assert set(heard) == {"process"}
    assert len(heard) > 2, "workers are watched as well"


def test_a_connection_would_be_heard(tmp_path, monkeypatch):
    program = "import socket; socket.socket().bind(('127.0.0.1', 0))"
    assert any("socket.bind" in line for line in watched(program, tmp_path, monkeypatch))
