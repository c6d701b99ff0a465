"""A notebook that was saved with a grid in it: here, elsewhere, and as a page."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from playwright.sync_api import expect

# The frontend, which anywidget keeps with the widget, and 24 pictures of noise.
MAX_BYTES = 800_000
SAMPLES = 100_000
SAVE_WIDGET_STATE = "@jupyter-widgets/jupyterlab-manager:saveWidgetState"
# Settings outlive a page, and the command is a switch.
SWITCH_ON = """async (command) => {
  if (!jupyterapp.commands.isToggled(command)) await jupyterapp.commands.execute(command);
}"""
MAKE = """
from pathlib import Path
import numpy as np, pandas as pd
from PIL import Image
import framegrid as fg

pixels = np.random.default_rng(0).integers(0, 256, (24, 96, 128, 3), np.uint8)
for number, each in enumerate(pixels):
    Image.fromarray(each).save(f"{number}.png")
paths = np.array([str(Path(f"{number}.png").resolve()) for number in range(24)])
frame = pd.DataFrame({"path": np.resize(paths, %d), "width": 128, "height": 96})
for key in range(10):
    frame[f"key {key}"] = np.random.default_rng(key).random(len(frame))
dataset = fg.ImageDataset.from_dataframe(frame, "path")
"""


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """A notebook with a grid of 100,000 samples, as a program without a page executed it."""
    cells = [nbformat.v4.new_code_cell(code) for code in (MAKE % SAMPLES, "dataset.show()")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    folder = str(tmp_path_factory.mktemp("executed"))
    return NotebookClient(notebook, resources={"metadata": {"path": folder}}).execute()


def test_a_saved_notebook_stays_small(executed):
    assert "widgets" in executed.metadata, "its size counts with the state of the widget"
    assert len(nbformat.writes(executed)) < MAX_BYTES


def test_a_page_made_of_it_shows_the_contact_sheet(executed, browser):
    html, _ = HTMLExporter().from_notebook_node(executed)
    page = browser.new_page()
    page.context.set_offline(True)
    page.set_content(html)
    expect(page.get_by_role("img", name="untitled: 100,000 images")).to_be_visible()
    page.close()


def test_without_a_kernel_the_sheet_stands_in_for_the_grid(executed, lab):
    lab.show(executed)
    expect(lab.page.get_by_role("img", name="untitled: 100,000 images")).to_be_visible()


def test_a_live_grid_hides_its_sheet_until_its_kernel_is_gone(lab):
    lab.open(MAKE % 48, "dataset.show()")
    lab.page.evaluate(SWITCH_ON, SAVE_WIDGET_STATE)
    lab.run(0)
    lab.run(1)
    sheet = lab.page.locator("figure[data-framegrid]")
    expect(lab.page.get_by_role("listbox", name="Samples")).to_be_visible()
    expect(sheet).to_have_count(1)
    expect(sheet).to_be_hidden()
    lab.show(lab.saved())
    expect(lab.page.get_by_text("The kernel does not answer")).to_be_visible(timeout=20_000)
    expect(sheet).to_be_visible()
    expect(lab.page.get_by_role("img", name="untitled: 48 images")).to_be_visible()
    # ipywidgets may look for the model before it has read it from the file, and looks again then.
    lab.errors[:] = [error for error in lab.errors if "widget model not found" not in error]
