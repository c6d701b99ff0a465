"""Where values are from, in a real JupyterLab: what they were before, and what is stale."""

import re

import pytest
from playwright.sync_api import expect

from axe import violations
from grid_fixtures import tile

COMPUTE = """
from concurrent.futures import ThreadPoolExecutor as Threads
dataset.get_sample(20).metadata.update(temperature=1.5, weather=None)
dataset.get_sample(20).metadata["weather"] = "hail"
def bright(image):
    return {"bright": image.width}
report = dataset.compute_metadata(bright, executor=Threads(1), progress=False)
"""
OTHER_CODE = """
def bright(image):
    return {"bright": image.width + 1}
"""


@pytest.mark.parametrize("lab", ["JupyterLab"], indirect=True)
def test_a_value_says_what_it_was_and_a_key_that_it_is_stale(lab, open_grid):
    region = open_grid()
    before = lab.kernel.eval("dataset.get_sample(20).metadata['temperature']")
    lab.kernel.run(COMPUTE)
    key = region.get_by_role("group", name="bright", exact=True)
    expect(key).to_be_attached()
    expect(key.get_by_role("img")).to_have_count(0)
    lab.kernel.run(OTHER_CODE)
    key.scroll_into_view_if_needed()
    key.hover()
    mark = key.get_by_role("img", name=re.compile(r"^Stale: other code .* for 60.*bright"))
    expect(mark).to_be_visible()
    tile(region, 20).dblclick()
    dialog = region.get_by_role("dialog")
    row = dialog.get_by_role("row", name=re.compile("^temperature"))
    expect(row).to_contain_text(re.compile(rf"was {before:g},"))
    first = dialog.get_by_role("row", name=re.compile("^weather"))
    expect(first.get_by_role("cell")).to_have_attribute("title", re.compile("^Set by “"))
    expect(first).not_to_contain_text("was")
    assert violations(region) == []
    region.get_by_role("button", name="Close").click()
    lab.kernel.run("dataset.compute_metadata(bright, executor=Threads(1), progress=False)")
    expect(mark).to_have_count(0)
