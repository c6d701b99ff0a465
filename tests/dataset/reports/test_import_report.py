"""What updates and imports say about themselves, and the grids that show it."""

import pandas as pd
import pytest

import framegrid as fg
from framegrid.dataset import ImportReport

FRAMES = ("matched", "unmatched_rows", "unmatched_samples", "conflicts", "repeated", "removed")


@pytest.fixture
def dataset():
    """Four samples in memory."""
    paths = [f"/photos/{name}.jpg" for name in "abcd"]
    frame = pd.DataFrame({"path": paths, "width": 64, "height": 48, "rank": [1, 2, 3, 4]})
    return fg.ImageDataset.from_dataframe(frame)


def report_of(dataset, folder, text):
    (folder / "rows.csv").write_text(text)
    return dataset.update_metadata_from_csv(folder / "rows.csv")


LINES = {
    "one key": ({id_: {"reject": True} for id_ in range(4)}, "reject: set on 4 of 4 samples"),
    "keys alike": ({0: {"a": 1, "b": 2}}, "a, b: set on 1 of 4 samples"),
    "keys not alike": ({0: {"a": 1, "b": 2}, 1: {"b": 2}}, "a: set on 1, b: on 2 of 4 samples"),
    "many keys": (
        {0: dict.fromkeys("abcdefg", 1), 1: {"g": 1}},
        "a, b, c, d, e and 2 more keys: set on up to 2 of 4 samples",
    ),
    "nothing": ({}, "nothing set"),
    "removed": ({1: {"rank": None, "x": None}}, "nothing set; 1 value removed (rank)"),
    "a key of many letters": ({0: {"k" * 99: 1}}, f"{'k' * 39}…: set on 1 of 4 samples"),
    "a key that breaks lines": ({0: {"a\u2028b": 1}}, r"'a\u2028b': set on 1 of 4 samples"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "line"), LINES.values(), ids=LINES)
def test_an_update_says_in_a_line_what_it_did(dataset, data, line):
    report = dataset.update_metadata(data)
    assert str(report) == repr(report) == line
    assert len(str(report).splitlines()) == 1


def test_every_report_has_the_same_frames(dataset, tmp_path):
    reports = [dataset.update_metadata({0: {"x": 1}}), report_of(dataset, tmp_path, "file_name\n")]
    for report in reports:
        assert all(isinstance(getattr(report, name), pd.DataFrame) for name in FRAMES)


def test_an_update_tells_what_it_set_and_what_it_removed(dataset):
    dataset.update_metadata({1: {"tags": ["x"]}})
    report = dataset.update_metadata({0: {"rank": 10}, 1: {"rank": None, "tags": None}})
    assert report.matched.loc[0, "rank"] == 10
    assert report.removed.reset_index().to_dict("list") == {
        "sample_id": [1, 1], "key": ["rank", "tags"], "value": [2, ["x"]],
    }  # fmt: skip
    assert report.unmatched_samples["file_name"].to_dict() == {2: "c.jpg", 3: "d.jpg"}
    assert report.set_on == {"rank": 1, "tags": 0}


def test_a_report_is_of_its_own_moment(dataset):
    frame = pd.DataFrame({"rank": [10]}, index=[0])
    report = dataset.update_metadata(frame)
    frame.loc[0, "rank"] = 20
    dataset.remove_samples([3])
    report.matched.loc[0, "rank"] = 30
    assert dataset.get_sample(0).metadata["rank"] == 10
    assert list(report.unmatched_samples.index) == [1, 2, 3]


def test_nothing_in_a_notebook_is_markup(dataset, tmp_path):
    text = 'file_name,rank\na.jpg,<script>alert(1)</script>\n"<b>.jpg",3\n'
    report = report_of(dataset, tmp_path, text)
    report.notes = ("read from <i>",)
    html = report._repr_html_()
    assert "<script" not in html
    assert "<b>" not in html
    assert "<li>read from &lt;i&gt;</li>" in html
    assert "\n  read from <i>\n" in repr(report)


def test_a_long_table_is_cut_and_says_where_the_rest_is(dataset, tmp_path):
    report = report_of(dataset, tmp_path, "file_name,rank\n" + "x.jpg,1\n" * 9)
    html = report._repr_html_()
    assert html.count("x.jpg") == 5
    assert "<code>report.unmatched_rows</code>" in html


def test_a_long_value_is_cut(dataset, tmp_path):
    text = f"file_name,rank,tags\na.jpg,{'<' * 9999},1\nx.jpg,2,{'y' * 9999}\n"
    assert len(report_of(dataset, tmp_path, text)._repr_html_()) < 5000


# Grids


def test_what_was_left_out_is_shown_in_a_grid(dataset, tmp_path):
    dataset.remove_samples([0])
    report = report_of(dataset, tmp_path, "file_name,rank\nb.jpg,x\nd.jpg,5\n")
    grid = report.show()
    assert grid.filtered.index.tolist() == [1]
    assert list(grid.captions) == ["rank"]
    assert report.show("matched", captions=[], sort="-rank").filtered.index.tolist() == [3, 1]
    assert report.show("unmatched_samples").filtered["file_name"].tolist() == ["c.jpg"]


def test_a_report_shows_its_samples_among_all_of_the_dataset(dataset, tmp_path):
    grid = report_of(dataset, tmp_path, "file_name,rank\nb.jpg,x\n").show()
    grid.dataset.update_metadata({1: {"seen": True}})
    assert dataset.get_sample(1).metadata["seen"] is True
    dataset.update_metadata({1: {"rank": 7}})
    assert grid.filtered["rank"].tolist() == [7]
    grid.rows = None
    assert len(grid.filtered) == 4


def test_samples_that_are_gone_are_not_shown(dataset, tmp_path):
    report = report_of(dataset, tmp_path, "file_name,rank\nb.jpg,x\n")
    dataset.remove_samples([1])
    with pytest.raises(ValueError, match=r"report\.conflicts is about none"):
        report.show("conflicts")


def test_rows_without_a_sample_have_nothing_to_show(dataset, tmp_path):
    report = report_of(dataset, tmp_path, "file_name,rank\nx.jpg,1\n")
    with pytest.raises(ValueError, match=r"are in report\.unmatched_rows"):
        report.show("unmatched_rows")


def test_a_report_without_a_dataset_shows_nothing():
    with pytest.raises(ValueError, match="no sample to show"):
        ImportReport(set_on={}, samples=0).show()
