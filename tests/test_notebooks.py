"""Every notebook runs from top to bottom."""

import tempfile
from pathlib import Path
from shutil import copy

import nbformat
import pytest
from nbclient import NotebookClient
from PIL import ExifTags, Image

from outputs import WIDGET
from photographs import photographs

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs(path, tmp_path, monkeypatch):
    monkeypatch.setenv("SAMPLES", "20000")  # of a million
    monkeypatch.delenv("IMAGES", raising=False)
    copy(FOLDER / "photographs.py", tmp_path)
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}}).execute()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_committed_as_one_run_left_it(path):
    cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    kinds = [kind for output in outputs for kind in output.get("data", ())]
    assert WIDGET not in kinds, "a page without a kernel cannot draw a widget"
    text = path.read_text()
    assert "data:image/jpeg" in text, "the grid's contact sheet"
    assert tempfile.gettempdir() not in text.replace("import tempfile", "")
    assert len(text) < 300_000


def test_the_quickstart_leads_to_every_notebook():
    text = (FOLDER / "quickstart.ipynb").read_text()
    assert [p.name for p in NOTEBOOKS if f"({p.name})" not in text] == ["quickstart.ipynb"]


def test_the_photographs_have_exif_and_are_made_once(tmp_path, monkeypatch):
    monkeypatch.delenv("IMAGES", raising=False)
    folder = photographs(tmp_path / "photos", count=6)
    files = sorted(folder.rglob("*.jpg"))
    assert len(files) >= 6
    for file in files:
        with Image.open(file) as image:
            assert image.getexif()[ExifTags.Base.Model]
    assert photographs(folder) == folder
    assert sorted(folder.rglob("*.jpg")) == files
