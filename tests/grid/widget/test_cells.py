"""The grid while a cell runs: real cells of IPython, without a browser."""

import threading

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import framegrid as fg
from framegrid.grid.widget import cells
from waiting import wait_until


@pytest.fixture
def told(monkeypatch):
    """The traits that went to the page, as they went."""
    told = []
    monkeypatch.setattr(
        fg.Grid,
        "_send",
        lambda _grid, message, **_: told.append(message.get("state", {})),
    )
    return told


@pytest.fixture
def run(monkeypatch, photos, told):
    """Runs a cell, in which `dataset` is, as a notebook does."""
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    running = cells.RunningCells()
    monkeypatch.setattr("framegrid.grid.widget.grid.running", running)
    dataset = fg.ImageDataset.create("cells")
    dataset.add_images_from_path(photos, progress=False)
    shell.user_ns |= {"fg": fg, "dataset": dataset, "told": told}
    yield shell.run_cell
    if "grid" in shell.user_ns:
        shell.user_ns["grid"].close()
    dataset.close()


WRITE = "for i in range(3): dataset.get_sample(0).metadata['loss'] = i"


def seen(told):
    """What was told of cells and revisions, in order."""
    return [state for state in told if state.keys() & {"_running", "_revision"}]


def test_the_page_hears_of_a_cell_that_writes_and_of_its_end(run, told):
    run("grid = fg.Grid(dataset)")
    told.clear()
    run("1 + 1")
    assert not seen(told)
    run(WRITE)
    first, *_, last, end = seen(told)
    assert first == {"_running": True}
    assert last["_revision"] == run("dataset.revision").result
    assert end == {"_running": False}


@pytest.mark.parametrize("end", ["1 / 0", "raise KeyboardInterrupt", "raise SystemExit", ""])
def test_a_cell_that_makes_a_grid_and_writes_ends_however_it_ends(run, told, end, capsys):
    run(f"grid = fg.Grid(dataset)\n{WRITE}\n{end}")
    assert seen(told)[-1] == {"_running": False}
    assert {"_running": True} in seen(told)
    capsys.readouterr()


def test_a_cell_inside_a_cell_ends_nothing(run, told):
    run("grid = fg.Grid(dataset)")
    run(f"get_ipython().run_cell('1')\n{WRITE}\nlast = [s for s in told if '_running' in s]")
    assert run("last").result == [{"_running": True}]
    assert seen(told)[-1] == {"_running": False}


def test_what_others_write_while_no_cell_runs_waits_for_nothing(run, told):
    run("grid = fg.Grid(dataset)")
    run(WRITE)
    told.clear()
    sample = run("dataset.get_sample(1)").result
    thread = threading.Thread(target=sample.metadata.update, kwargs={"loss": 5})
    thread.start()
    thread.join()
    wait_until(lambda: seen(told))
    assert all(state.keys() == {"_revision"} for state in seen(told))


def test_where_another_host_runs_the_code_nothing_waits(monkeypatch, photos, told):
    monkeypatch.setattr("IPython.get_ipython", lambda: None)
    monkeypatch.setattr("framegrid.grid.widget.grid.running", cells.RunningCells())
    with fg.ImageDataset.create("script") as dataset:
        dataset.add_images_from_path(photos, progress=False)
        grid = fg.Grid(dataset)
        dataset.get_sample(0).metadata["loss"] = 1
        wait_until(lambda: seen(told))
        assert seen(told) == [{"_revision": dataset.revision}]
        grid.close()
