"""What the tests of the filter state start from."""

import pytest
from playwright.sync_api import Locator

from grid_fixtures import small_grid
from lab import Lab

VALUES = """\
dataset.update_metadata({
    i: {"score": i % 20, "loss": i / 200, "note": f"goldfish {i}"} for i in range(COUNT)
})
"""
SHOW = "grid = dataset.show(thumbnail_size=48, height=700); grid"


@pytest.fixture
def region(lab: Lab) -> Locator:
    """The grid, open in a notebook."""
    return small_grid(lab, 200, VALUES, SHOW, "told = grid.filters")
