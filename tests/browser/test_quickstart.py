"""The quickstart notebook, run from top to bottom as a reader would."""

from pathlib import Path
from shutil import copy

import nbformat
from playwright.sync_api import expect

from grid_fixtures import slider

QUICKSTART = Path(__file__).parents[2] / "notebooks/quickstart.ipynb"


def test_every_cell_runs_and_new_keys_get_sliders(lab):
    notebook = nbformat.read(QUICKSTART, as_version=4)
    copy(QUICKSTART.with_name("photographs.py"), lab.folder)
    lab.show(notebook)
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            lab.run(index)
    grid = lab.page.get_by_role("region", name="framegrid: my_photos")
    for key in ("width", "luminance", "temperature", "camera.lens_mm", "aspect"):
        expect(slider(grid, f"{key} minimum")).to_be_visible()
    expect(grid.get_by_role("button", name="Remove filter luminance")).to_be_visible()
