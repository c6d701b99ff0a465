"""The traits of looking: which exclude each other, what they refuse, and what they follow."""

import pandas as pd
import pytest

import framegrid as fg


@pytest.fixture
def dataset():
    """Ten samples in memory."""
    frame = pd.DataFrame({"path": [f"/nowhere/{place}.jpg" for place in range(10)]})
    frame = frame.assign(width=64, height=48, loss=[place / 2 for place in range(10)])
    frame["label"] = [*"abcabcabc", None]
    frame["tags"], frame["gps"], frame["rank"] = [[["x"]] * 10, [{"lat": 1.5}] * 10, range(10)]
    frame["taken"] = pd.date_range("2024-01-01", periods=10, freq="20D")
    return fg.ImageDataset.from_dataframe(frame, path_column="path")


@pytest.fixture
def grid(dataset):
    grid = dataset.show()
    yield grid
    grid.close()


def shown(grid):
    return grid.cut and dict(grid.cut), list(grid.compared), grid.active


def test_what_fills_the_card_is_there_alone(grid):
    grid.cut = {"key": "loss", "at": 3}
    grid.active = 2
    assert shown(grid) == (None, [], 2)
    grid.compared = [1, 0]
    assert shown(grid) == (None, [1, 0], None)
    grid.set_state({"cut": {"key": "taken", "at": "2024-02-01"}, "compared": []})
    assert shown(grid) == ({"key": "taken", "at": "2024-02-01T00:00:00.000000"}, [], None)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("rows", [3, 77], "no sample 77 to show"),
        ("group", "label:bins", "cannot group by 'label:bins': write 'label'"),
        ("group", "loss:day", "write 'loss:bins' or 'loss:value'"),
        ("group", "sample_id", "each sample has its own"),
        ("group_order", "most", "choose among value, -value, count, -count"),
        ("per_group", -1, "0 for all"),
        ("sort", ["label", 3], "or a list of them"),
        ("sort", ["label", "nope"], "no key 'nope'"),
        ("sort", "random:x", "no key 'random:x'"),
        ("cut", {"key": "label", "at": 3}, "a cut goes through numbers or datetimes"),
        ("cut", {"key": "loss", "at": None}, "choose a value"),
        ("cut", {"key": "loss"}, "takes None or a key and a value"),
        ("plot", ["loss"], "takes two keys, as in"),
        ("plot", ["loss", "loss"], "'loss' is given twice"),
        ("plot", ["loss", "nope"], "no key 'nope'"),
        ("plot", ["loss", "file_name"], "cannot plot 'file_name': it holds free text"),
        ("plot", ["loss", "tags"], "cannot plot 'tags': it holds lists"),
        ("plot", ["loss", "gps"], "cannot plot 'gps': it holds dicts"),
        ("plot", ["label", "loss:value"], "cannot plot each value of 'loss': write 'loss'"),
        ("plot", ["rank:value", "rank"], "'rank' is given twice"),
        ("plot", ["loss", "sample_id"], "cannot plot 'sample_id'"),
        ("compared", [1], "takes 2 to 6 images or none, not 1"),
        ("compared", [1, 77], "no sample 77 to compare"),
    ],
)
def test_what_is_refused_says_what_is_allowed(grid, name, value, message):
    before = getattr(grid, name)
    with pytest.raises((KeyError, TypeError, ValueError), match=message):
        setattr(grid, name, value)
    assert getattr(grid, name) == before


def test_a_list_of_one_sort_is_that_one(grid):
    grid.sort = ["-loss"]
    assert grid.sort == "-loss"
    grid.sort = []
    assert grid.sort == ""
    grid.sort = ("label", "-loss")
    with pytest.raises(TypeError, match=r"grid\.sort = \[\*grid\.sort, 'taken'\]"):
        grid.sort.append("taken")


def test_everything_follows_the_dataset(grid, dataset):
    grid.rows, grid.compared = [1, 2, 3, 4], [1, 2]
    grid.group, grid.sort = "taken:month", ["label", "-loss"]
    dataset.rename_metadata("taken", "when")
    dataset.rename_metadata("loss", "error")
    dataset.remove_samples([1])
    assert grid.filtered.index.tolist() == [2, 3, 4]
    assert (grid.group, grid.sort) == ("when:month", ["label", "-error"])
    assert (grid.rows, grid.compared) == ([2, 3, 4], [])
    grid.plot = ["error", "rank:value"]
    dataset.rename_metadata("rank", "place")
    assert len(grid.filtered) == 3
    assert grid.plot == ["error", "place:value"]
    grid.cut = {"key": "error", "at": 1}
    notices = []
    grid._messenger.notice = lambda message, **_: notices.append(message)
    dataset.drop_metadata("when")
    dataset.drop_metadata("error")
    assert len(grid.filtered) == 3
    assert (grid.group, grid.sort, grid.cut, grid.plot) == ("", "label", None, [])
    (notice,) = notices
    assert notice.endswith(
        "the sort by error, the sections of when:month, "
        "the plot of error and place:value, the cut of error."
    )


def test_filtered_is_the_query_on_the_rows(grid, dataset):
    grid.rows = dataset.df[dataset.df["loss"] > 1]
    grid.filters = {"label": ["a", "c"]}
    expected = dataset.df.loc[list(grid.rows)].query(grid.query)
    assert grid.filtered.equals(expected)
    grid.group, grid.group_order, grid.per_group = "label", "-value", 1
    assert grid.filtered["label"].tolist() == ["c"] * 2 + ["a"] * 2
    assert grid.groups.to_dict("list") == {"value": ["c", "a"], "count": [2, 2]}
    grid.selected = [0, 3, 9, 8]
    assert grid.selection.index.tolist()[:2] == [8, 0]


def test_a_saved_page_keeps_them(grid, tmp_path):
    grid.rows, grid.group, grid.sort = [1, 2], "folder", ["label", "random:3"]
    grid.save_html(tmp_path / "page.html")
    assert (tmp_path / "page.html").stat().st_size > 0
