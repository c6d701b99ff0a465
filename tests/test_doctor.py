"""What the doctor finds."""

import sys
from weakref import WeakSet

import ipykernel
import pytest

import framegrid as fg
from framegrid.grid.widget import grid as widget

diagnosis = sys.modules["framegrid.doctor"]  # the name is the function's


@pytest.fixture
def notebook(monkeypatch):
    """Makes believe that a Jupyter kernel runs, all of it new."""
    monkeypatch.setitem(sys.modules, "ipykernel", ipykernel)
    monkeypatch.setattr(diagnosis, "_server_python", lambda: None)
    monkeypatch.setattr(widget, "shown", WeakSet())
    versions = dict.fromkeys(diagnosis.PACKAGES, "99.0")
    monkeypatch.setattr(diagnosis, "_version", versions.get)
    return versions


def causes():
    return [finding.cause for finding in diagnosis.examine()]


def test_it_prints_versions(capsys):
    fg.doctor()
    printed = capsys.readouterr().out
    assert f"framegrid {fg.__version__}" in printed
    assert sys.version.split()[0] in printed


def test_it_finds_nothing_where_all_is_well(notebook, capsys):
    fg.doctor()
    assert "Nothing is wrong on this side" in capsys.readouterr().out


def test_it_tells_a_script_from_a_notebook(monkeypatch):
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    assert diagnosis.host() == "no notebook"
    assert "no comm" in causes()[0]


@pytest.mark.parametrize(
    ("package", "version", "cause"),
    [
        ("anywidget", None, "anywidget is absent"),
        ("anywidget", "0.8.1", "anywidget is 0.8.1"),
        ("ipykernel", "6.29.5", "ipykernel 6.29.5 answers no widget while a cell runs"),
    ],
)
def test_it_names_what_is_absent_or_old(notebook, package, version, cause):
    notebook[package] = version
    assert cause in causes()[0]


def test_it_says_so_when_the_server_has_no_anywidget(notebook, monkeypatch, tmp_path):
    monkeypatch.setattr(diagnosis, "_server_python", lambda: "/srv/python")
    monkeypatch.setattr(diagnosis, "_labextensions", lambda _: [tmp_path])
    assert "without anywidget: /srv/python" in causes()[0]
    (tmp_path / "anywidget").mkdir()
    assert causes() == []


def test_it_asks_the_server_where_its_extensions_are():
    folders = diagnosis._labextensions(sys.executable)
    assert any((folder / "anywidget").is_dir() for folder in folders)


def test_it_notices_that_no_browser_has_answered(notebook, photos):
    with fg.ImageDataset.create("doctor") as dataset:
        dataset.add_images_from_path(photos)
        grid = fg.Grid(dataset)
        assert "no browser has answered" in causes()[0]
        grid._messenger.receive({"id": "1", "type": "ready"})
        assert causes() == []


def test_the_oldest_anywidget_is_the_one_that_is_required():
    from importlib.metadata import requires

    oldest = ".".join(map(str, diagnosis.OLDEST_ANYWIDGET))
    assert f"anywidget>={oldest}" in requires("framegrid")
