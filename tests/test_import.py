"""What ``import framegrid`` costs, and what it offers."""

import ast
import subprocess
import sys

import pytest

import framegrid as fg

HEAVY = {
    "IPython", "PIL", "anywidget", "ipykernel", "ipywidgets", "sqlite3", "tqdm", "traitlets",
}  # fmt: skip


def loaded_after(statement):
    code = f"{statement}\nimport sys; print({{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return ast.literal_eval(done.stdout)


def test_a_script_imports_nothing_of_jupyter(tmp_path):
    script = f"import framegrid as fg; fg.ImageDataset.create({str(tmp_path / 'd')!r}).close()"
    assert not loaded_after(script) & (HEAVY - {"PIL"})


def test_the_grid_is_imported_when_it_is_asked_for():
    assert "anywidget" in loaded_after("import framegrid; framegrid.Grid")


def test_public_names_are_there():
    assert [name for name in fg.__all__ if not hasattr(fg, name)] == []


def test_the_version_is_that_of_the_distribution():
    from importlib.metadata import version

    assert fg.__version__ == version("framegrid")


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'framegrid' has no attribute 'Gird'"):
        _ = fg.Gird
