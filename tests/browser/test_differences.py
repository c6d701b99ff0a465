"""The sidebar by difference, with real mouse and keys."""

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

import framegrid as fg
from axe import violations
from grid_fixtures import slider, status
from waiting import wait_until

SAMPLES = 200


@pytest.fixture
def dataset(tmp_path, make_photos):
    paths = sorted(map(str, make_photos(tmp_path / "photos", 4).iterdir()))
    frame = pd.DataFrame({"path": np.resize(paths, SAMPLES)})
    rng = np.random.default_rng(0)
    frame["noise"] = rng.integers(0, 50, SAMPLES)
    frame["label"] = rng.choice(["cat", "dog"], SAMPLES)
    frame["loss"] = rng.integers(0, 20, SAMPLES) + 10 * (frame["label"] == "dog")
    with fg.ImageDataset.from_dataframe(frame, path_column="path") as dataset:
        yield dataset


def metadata(region):
    """The keys in the order of the sidebar, but those that are given with every image."""
    filters = region.get_by_role("group", name="Filters").locator("[data-filter]")
    keys = [each.get_attribute("data-filter") for each in filters.all()]
    return [key for key in keys if key in {"noise", "label", "loss"}]


def test_keys_are_in_the_order_in_which_what_shows_differs(dataset, show):
    grid = fg.Grid(dataset, height=900, filters={"label": ["dog"]})
    region = show(grid)[0].first
    toggle = region.get_by_role("button", name="By difference")
    expect(slider(region, "loss minimum")).to_be_visible()
    assert metadata(region) == ["noise", "label", "loss"]
    toggle.focus()
    toggle.press("Enter")
    expect(toggle).to_have_attribute("aria-pressed", "true")
    loss = region.get_by_role("group", name="loss", exact=True)
    effect = grid.differences.set_index("key").loc["loss", "effect"]
    expect(loss).to_contain_text(f"higher, {effect:.2f}")
    expect(region).to_contain_text(f"{len(grid.filtered)} shown, against")
    assert metadata(region) == ["loss", "noise", "label"]
    assert violations(region.get_by_role("group", name="Filters")) == []
    thumb = slider(region, "noise minimum")
    place = thumb.bounding_box()
    region.page.mouse.move(place["x"] + 12, place["y"] + 12)
    region.page.mouse.down()
    region.page.mouse.move(place["x"] + 130, place["y"] + 12, steps=5)
    wait_until(lambda: "noise" in grid.filters)
    region.page.mouse.up()
    wait_until(lambda: status(region).inner_text().startswith(f"{len(grid.filtered)} of"))
    expect(region).to_contain_text(f"{len(grid.filtered)} shown, against")
    assert thumb.bounding_box()["y"] == pytest.approx(place["y"], abs=1)
    grid.filters = {}
    expect(region).to_contain_text("All images are shown: filter or select some")
    grid.selected = grid.filtered.query("loss > 25").index
    expect(loss).to_contain_text("higher")
    assert metadata(region)[0] == grid.differences["key"].iloc[0]
    toggle.click()
    wait_until(lambda: metadata(region) == ["noise", "label", "loss"])
