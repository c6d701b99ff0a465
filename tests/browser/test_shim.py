"""The rules of hosts that cannot run here: VS Code, Colab, marimo's model, strict proxies."""

from threading import Event

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

import framegrid as fg
from grid_fixtures import slider, status, tile, tiles

MAX_BYTES = 4_100_000  # 4 MB of buffers with what is said about them


@pytest.fixture
def dataset(photos):
    with fg.ImageDataset.create("shim") as dataset:
        dataset.add_images_from_path(photos, progress=False)
        dataset.update_metadata([(number, {"score": number / 2}) for number in range(6)])
        yield dataset


@pytest.mark.parametrize("buffers", ["DataView", "Uint8Array", "ArrayBuffer"])
def test_buffers_of_any_kind(dataset, show, buffers):
    region, _ = show(fg.Grid(dataset), f"buffers={buffers}")
    expect(status(region)).to_have_text("6 of 6 images")
    expect(tile(region, 5).locator("img")).to_have_js_property("naturalWidth", 104)
    assert slider(region, "score maximum").get_attribute("aria-valuenow") == "2.5"
    tiles(region).first.dblclick()
    expect(region.get_by_role("dialog").get_by_role("img").first).to_be_visible()


def test_what_is_said_before_there_is_a_view_is_not_needed(dataset, show):
    grid = fg.Grid(dataset)
    dataset.get_sample(0).metadata["score"] = 10.0
    grid.filters = {"score": (None, 2)}
    region, _ = show(grid)
    expect(status(region)).to_have_text("4 of 6 images")
    assert slider(region, "score maximum").get_attribute("aria-valuenow") == "2"
    slider(region, "score maximum").press("End")
    expect(slider(region, "score maximum")).to_have_attribute("aria-valuenow", "10")


def test_all_waits_while_a_cell_runs_but_the_sliders(dataset, show):
    grid = fg.Grid(dataset)
    region, comm = show(grid)
    expect(tile(region, 5).locator("img")).to_be_visible()
    thumb = slider(region, "score minimum")
    expect(thumb).to_be_visible()
    comm.idle.clear()
    thumb.press("End")
    expect(status(region)).to_have_text("1 of 6 images")
    tiles(region).first.dblclick()
    silence = region.get_by_role("alert").filter(has_text="does not answer")
    expect(silence).to_be_visible(timeout=20_000)
    comm.idle.set()
    expect(region.get_by_role("dialog")).to_contain_text("score", timeout=20_000)
    expect(silence).to_have_count(0)
    assert grid.filters["score"]["min"] == 2.5


def test_without_a_kernel_the_saved_state_says_so(dataset, show):
    grid = fg.Grid(dataset, filters={"score": (1, 2)}, thumbnail_size=512, height=500)
    region, comm = show(grid, "saved")
    expect(region.get_by_role("alert")).to_contain_text("without the kernel")
    expect(region).to_have_css("height", "500px")
    assert comm.sizes == []


def test_no_message_is_too_large(tmp_path, show, make_photos):
    count = 1_200_000
    paths = np.array([str(path) for path in sorted(make_photos(tmp_path / "photos").iterdir())])
    frame = pd.DataFrame({"path": np.resize(paths, count), "width": 64, "height": 48})
    frame["score"] = np.arange(count) / 7
    frame["text"] = pd.Series({0: "long " * 2_000_000, 1: "short"})
    dataset = fg.ImageDataset.from_dataframe(frame, "path")
    grid = fg.Grid(dataset, captions=["text"], sort="score")
    all_selected = Event()
    grid.observe(lambda change: len(change.new) == count and all_selected.set(), "selected")
    region, comm = show(grid)
    expect(status(region)).to_have_text("1,200,000 of 1,200,000 images", timeout=120_000)
    expect(tile(region, 0)).to_contain_text("long long", timeout=20_000)
    tile(region, 0).click()
    tile(region, 0).press("Control+a")
    expect(region).to_contain_text("1,200,000 selected")
    assert all_selected.wait(20)
    tile(region, 0).dblclick()
    expect(region.get_by_role("dialog")).to_contain_text("long long")
    assert max(comm.sizes) < MAX_BYTES
