"""Dicts: their numbers have sliders, and they themselves a value or none."""

import pandas as pd
from playwright.sync_api import expect

import framegrid as fg
from waiting import wait_until


def test_a_dict_that_some_samples_lack_is_asked_for_as_a_whole(tmp_path, make_photos, show):
    paths = sorted(map(str, make_photos(tmp_path / "photos", 8).iterdir()))
    frame = pd.DataFrame({"path": paths})
    frame["gps"] = [{"lat": float(i), "place": "x"} if i % 2 else None for i in range(8)]
    frame["pose"] = [{"yaw": i / 8} for i in range(8)]
    with fg.ImageDataset.from_dataframe(frame, path_column="path") as dataset:
        grid = fg.Grid(dataset, height=700)
        region = show(grid)[0].first
        has_value = region.get_by_role("checkbox", name="gps has a value", exact=True)
        has_value.check()
        wait_until(lambda: list(grid.filtered.index) == [1, 3, 5, 7])
        expect(region.get_by_role("button", name="Remove filter gps", exact=True)).to_be_visible()
        expect(region.get_by_role("group", name="pose", exact=True)).to_have_count(0)
        has_value.uncheck()
        wait_until(lambda: len(grid.filtered) == 8)
