"""What a cell shows of an exception: what the user called, and the message."""

import subprocess
import sys

import pytest

import framegrid as fg

BEGIN = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance(colors="nocolor")
shell.run_cell("import framegrid as fg, pandas as pd")
shell.run_cell("frame = pd.DataFrame({'path': ['a.jpg'], 'x': [1], 'width': [1], 'height': [1]})")
shell.run_cell("dataset = fg.ImageDataset.from_dataframe(frame); grid = fg.Grid(dataset)")
"""


def shown(tmp_path, *cells):
    """What the last of some cells shows."""
    *before, last = [f"shell.run_cell({cell!r})\n" for cell in cells]
    code = f"{BEGIN}{''.join(before)}print('-----')\n{last}"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    return done.stdout.rpartition("-----\n")[2]


MINE = """def mine(value):
    grid.filters = {'x': value}"""
REACT = """def react(change):
    grid.sort = 'nothing'
grid.observe(react, 'filters')"""
FAIL = """def react(change):
    raise ValueError('my own')
grid.observe(react, 'filters')"""
OPEN = FAIL.replace("raise ValueError('my own')", "open('no')")
OWN_WAY = """def own(shell, kind, error, traceback, tb_offset=None):
    print('in my way:', error)
get_ipython().set_custom_exc((ValueError,), own)
del __import__('sys').modules['framegrid']"""


@pytest.mark.parametrize(
    ("cells", "message", "lines"),
    [
        ((MINE, "mine('much')"), "FilterError: 'x' cannot be filtered by 'much'", [MINE[-27:]]),
        (("grid.height = 3",), "ValueError: height is 3 px", ["grid.height = 3"]),
        (("grid.height = 'x'",), "TraitError: ", ["grid.height = 'x'"]),
        (("grid.hight = 3",), "AttributeError: a grid has no trait 'hight'", ["grid.hight = 3"]),
        (("fg.Grid(5)",), "TypeError: a grid shows an ImageDataset", ["fg.Grid(5)"]),
        (("fg.nothing",), "AttributeError: module 'framegrid' has no", ["fg.nothing"]),
        (("dataset.add_images_from_path('no')",), "FileNotFoundError: ", ["from_path('no')"]),
        (("dataset.update_metadata_from_csv('no.csv')",), "No such file", ["csv('no.csv')"]),
        (("dataset.update_metadata_from_parquet('no')",), "No such file", ["parquet('no')"]),
        (("dataset.rename_metadata('x', 'width')",), "ValueError: ", ["_metadata('x', 'width')"]),
        ((REACT, "grid.filters = {'x': (1, 1)}"), "no key 'nothing'", ["grid.sort = ", "(1, 1)"]),
    ],
)
def test_a_cell_shows_the_users_lines_and_the_message(tmp_path, cells, message, lines):
    text = shown(tmp_path, *cells)
    assert message in text
    assert [line for line in lines if line not in text] == []
    assert "site-packages" not in text
    assert "framegrid/" not in text
    assert len(text.splitlines()) < 25


BUG = """from framegrid.grid import Grid
Grid._keep_fit = Grid._fit = lambda self: {}[0]"""


@pytest.mark.parametrize(
    ("cells", "lines"),
    [
        ((BUG, "grid.filtered"), ["KeyError: 0", "{}[0]", "framegrid/grid/widget/grid.py"]),
        ((FAIL, "grid.filters = {'x': (1, 1)}"), ["my own", "traitlets", "raise ValueError"]),
        (("pd.Series([1]).loc['a']",), ["KeyError: 'a'", "site-packages/pandas"]),
        ((OPEN, "grid.filters = {'x': (1, 1)}"), ["open('no')", "traitlets"]),
        (("1 +",), ["SyntaxError: invalid syntax"]),
        ((OWN_WAY, "import framegrid", "int('a')"), ["in my way: invalid literal"]),
    ],
)
def test_other_exceptions_are_shown_as_ever(tmp_path, cells, lines):
    text = shown(tmp_path, *cells)
    assert [line for line in lines if line not in text] == []


def test_the_traceback_itself_stays_whole(tmp_path):
    dataset = fg.ImageDataset.create(tmp_path / "photos")
    with pytest.raises(KeyError) as caught:
        dataset.drop_metadata("humidity")
    dataset.close()
    assert caught.traceback[-1].path.is_relative_to(fg.__path__[0])
