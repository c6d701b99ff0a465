"""Cells for what is on the screen: running one gives the same rows, and one undo takes it back."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import framegrid as fg
from filters_helpers import conditions, series
from framegrid.base import FilterError
from framegrid.grid import protocol
from framegrid.grid.answers.cells import cell

TYPES = {
    "my score": "float",
    "rank": "integer",
    "label": "string",
    "flag": "boolean",
    "taken": "datetime",
    "sent": "datetime_utc",
    "tags": "list",
    "gps": "dict",
    "selected": "boolean",
}
TIME = dt.datetime(2024, 5, 1)
CELLS = {
    "my score": [0.5, None, float("inf"), -1.5, 0.5, 3.0],
    "rank": [3, 1, None, 2, 2**60, -5],
    "label": ["it's", "dog", None, "cat", "dog", "a\\b"],
    "flag": [True, False, None, True, True, None],
    "taken": [TIME, None, TIME.replace(hour=5), TIME.replace(year=1999), TIME, TIME],
    "sent": [each and each.replace(tzinfo=dt.UTC) for each in [TIME, None, TIME, None, TIME, TIME]],
    "tags": [["a"], ["b", 1], None, [], ["a", "c"], None],
    "gps": [{"lat": 46.5}, None, {"lat": -1}, {"lon": 1}, {"lat": 46.5}, {}],
    "selected": [True, None, None, None, None, None],
}
NUMBERS = {"my score": 0.5, "rank": 2, "taken": "2024-05-01", "sent": "2024-05-01", "gps.lat": 40}


@pytest.fixture(scope="module")
def grid():
    """A grid of six samples with keys of all types."""
    paths = series("string", [f"/nowhere/{place}.jpg" for place in range(6)])
    frame = {key: series(key_type, CELLS[key]) for key, key_type in TYPES.items()}
    frame = paths.to_frame("path").assign(width=10, height=20, **frame)
    grid = fg.ImageDataset.from_dataframe(frame, path_column="path").show()
    yield grid
    grid.close()


@st.composite
def questions(draw):
    keys = draw(st.lists(st.sampled_from([*TYPES, "gps.lat"]), max_size=2, unique=True))
    known = {key: [each for each in CELLS[key] if each is not None] for key in TYPES}
    return {
        "filters": {
            key: draw(
                conditions(TYPES.get(key, "dict"), known.get(key, []), is_path=key not in TYPES)
            )
            for key in keys
        },
        "rows": draw(st.none() | st.lists(st.integers(0, 5), unique=True)),
        "sort": draw(st.sampled_from(["", "-rank", ["label", "-my score"], "random:7"])),
        "group": draw(st.sampled_from(["", "label", "taken:month", "my score"])),
        "group_order": draw(st.sampled_from(["value", "-count"])),
        "per_group": draw(st.integers(0, 2)),
        "selected": draw(st.lists(st.integers(0, 5), unique=True, min_size=1)),
        "plot": draw(st.sampled_from([[], ["my score", "label"], ["gps.lat", "rank"]])),
    }


TRAITS = ("filters", "rows", "sort", "group", "group_order", "per_group", "selected", "plot")


def assign(grid, traits):
    for name, value in traits.items():
        setattr(grid, name, value)


def written(grid, of, cut=None):
    state = grid.get_state([*TRAITS])
    return cell(protocol.Code(of=of, cut=cut, **state), grid._answers.view, "photos")


def run(text, grid):
    """Run a cell, and give what its last line gives."""
    *lines, last = text.split("\n")
    names = {"photos": grid}
    exec("\n".join(lines), names)
    return eval(last, names)


@settings(max_examples=40)
@given(questions())
def test_the_code_of_a_view_gives_its_rows_in_any_grid(grid, traits):
    assign(grid, traits)
    before = grid.filtered
    other = fg.Grid(grid.dataset, filters={"rank": (2, None)}, rows=[1], sort="-label")
    try:
        after = run(written(grid, "view"), other)
    finally:
        other.close()
    assert after.index.tolist() == before.index.tolist()
    assert [other.per_group, other.group_order][: 2 * bool(grid.group)] == [
        grid.per_group,
        grid.group_order,
    ][: 2 * bool(grid.group)]


@settings(max_examples=10)
@given(questions())
def test_the_code_of_a_selection_records_it(grid, traits):
    assign(grid, traits)
    frame = grid.dataset.df
    run(written(grid, "selection"), grid)
    grid.filters, grid.rows = {"selected_2": True}, None
    assert sorted(grid.filtered.index) == sorted(grid.selected)
    grid.dataset.undo()
    assert grid.dataset.df.equals(frame)


@settings(max_examples=30)
@given(questions(), st.sampled_from([*NUMBERS]))
def test_the_code_of_a_cut_tells_both_sides(grid, traits, key):
    assign(grid, traits)
    frame = grid.dataset.df
    grid.cut = {"key": key, "at": NUMBERS[key]}
    passing = set(grid.filtered.index)
    run(written(grid, "cut", grid.cut), grid)
    name = (set(grid.dataset.schema) - set(frame.columns) or {""}).pop()
    grid.rows = None
    grid.filters = {key: (grid.cut["at"], None)}
    above = passing & set(grid.filtered.index)
    grid.filters = {key: (None, None)}
    known = passing & set(grid.filtered.index)
    if name:
        now = grid.dataset.df[name]
        assert set(now.index[now.fillna(False)]) == known - above
        assert set(now.index[now.notna()]) == known
        grid.dataset.undo()
    assert bool(name) == bool(known)
    assert grid.dataset.df.equals(frame)


@pytest.mark.parametrize(
    ("key", "at", "name"),
    [
        ("my score", 0.31, "my score_below_0.31"),
        ("rank", 3, "rank_below_3"),
        ("taken", "2024-05-01", "taken_before_2024-05-01"),
        ("sent", "2024-05-01T12:30", "sent_before_2024-05-01T12:30:00"),
    ],
)
def test_a_cut_has_a_name_that_says_it(grid, key, at, name):
    assign(grid, {"filters": {}, "rows": None, "cut": {"key": key, "at": at}})
    assert repr(name) in written(grid, "cut", grid.cut).replace('"', "'") or name in written(
        grid, "cut", grid.cut
    )


def test_many_ids_are_those_of_the_grid(grid):
    assign(grid, {"filters": {}, "rows": None, "selected": [1]})
    state = grid.get_state([*TRAITS]) | {"selected": "0:/w==", "rows": list(range(1001))}
    texts = [
        cell(protocol.Code(of=of, cut=None, **state), grid._answers.view, "photos")
        for of in ("view", "selection")
    ]
    assert "# and photos.rows as they are" in texts[0]
    assert "dict.fromkeys(photos.selected, {'selected_2': True})" in texts[1]


@pytest.mark.parametrize(
    ("of", "changed", "message"),
    [
        ("nothing", {}, "there is no code of 'nothing'"),
        ("selection", {"selected": []}, "no sample is selected"),
        ("cut", {"cut": None}, "there is no cut"),
        ("view", {"filters": {"rank": {"contains": "x"}}}, "cannot be filtered by"),
    ],
)
def test_what_there_is_no_code_of_says_why(grid, of, changed, message):
    state = {"cut": None, **grid.get_state([*TRAITS]), **changed}
    with pytest.raises((ValueError, FilterError), match=message):
        cell(protocol.Code(of=of, **state), grid._answers.view, "photos")
