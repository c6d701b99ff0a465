"""Lists of numbers: held as numbers, with the meaning that JSON text of them has."""

import gc
import math
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framegrid import ImageDataset
from framegrid.base import (
    EARLY,
    LIST,
    check_lists,
    from_json,
    infer_arrow,
    list_objects,
    list_texts,
    to_json,
)
from framegrid.filters.codes import elements, encode_elements
from framegrid.storage.records.records import decode, encode
from framegrid.storage.table.changes import AddSamples, ReplaceKey
from framegrid.storage.table.table import Table

INTEGERS = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
SINGLES = st.sampled_from([0.1, -0.0, 0.0, 1e-45, -1.1754942e-38, 3.4028235e38]) | st.floats(
    width=32, allow_nan=False, allow_infinity=False
)
PLAIN = st.one_of(
    st.lists(INTEGERS, min_size=1, max_size=3),
    st.lists(FLOATS, min_size=1, max_size=3),
    st.lists(
        st.none()
        | st.booleans()
        | st.sampled_from([math.inf, 2**63, -(2**63) - 1, 10**30])
        | INTEGERS
        | FLOATS
        | st.text(st.characters(codec="utf-8"), max_size=3)
        | st.lists(FLOATS, max_size=2),
        max_size=3,
    ),
)
ARRAYS = st.one_of(
    st.lists(FLOATS, max_size=3).map(np.array),
    st.lists(st.floats(width=32, allow_nan=False), max_size=3).map(lambda x: np.array(x, "f4")),
    st.lists(SINGLES, max_size=3).map(lambda x: np.array(x, "f4")),
    st.lists(st.floats(width=16, allow_nan=False), max_size=3).map(lambda x: np.array(x, ">f2")),
    st.lists(st.floats(width=16, allow_nan=False), max_size=3).map(lambda x: np.array(x, "f2")),
    st.lists(st.integers(0, 2**64 - 1), max_size=3).map(lambda x: np.array(x, "u8")),
    st.lists(st.integers(-9, 9), max_size=3).map(lambda x: np.array(x, "i1")),
    st.lists(st.booleans(), max_size=3).map(np.array),
    st.lists(st.lists(FLOATS, min_size=2, max_size=2), min_size=1, max_size=2).map(np.array),
)
CELLS = st.one_of(
    st.lists(st.none() | kind, min_size=1, max_size=5)
    for kind in (
        PLAIN | ARRAYS | PLAIN.map(tuple),
        st.lists(INTEGERS, max_size=3),
        st.lists(FLOATS, max_size=3),
        st.lists(FLOATS, max_size=3).map(np.array),
        st.lists(SINGLES, max_size=3).map(lambda x: np.array(x, "f4")) | PLAIN,
        ARRAYS,
    )
)


def as_json(cell):
    """What a list means, by way of the text that a single value becomes."""
    if cell is None:
        return None
    return from_json(to_json(cell.tolist() if isinstance(cell, np.ndarray) else list(cell)))


def test_numpy_scalars_of_32_bits_are_singles():
    cells = [list(np.array([0.1, -0.0, 1e-45], "f4")), None]
    lists = infer_arrow("key", cells)[1]
    assert lists.field("singles").null_count == 1
    assert exact(list_objects(lists)) == exact([np.array(cells[0]).tolist(), None])


def exact(cells):
    return [repr(cell) for cell in cells]


@given(CELLS)
def test_a_column_of_lists_is_what_text_would_make_of_it(cells):
    expected = [as_json(cell) for cell in cells]
    key_type, array = infer_arrow("key", pd.Series(cells, dtype=object))
    if key_type is None:
        return
    array.validate(full=True)
    assert array.type == LIST
    assert exact(list_objects(array)) == exact(expected)
    texts = list_texts(array).to_pylist()
    assert exact(text and from_json(text) for text in texts) == exact(expected)


@settings(max_examples=30)
@given(first=CELLS, second=CELLS, single=PLAIN, data=st.data())
def test_lists_survive_every_way(first, second, single, data):
    count = len(first) + 1
    first = [*first, [1.5]]
    frame = pd.DataFrame({"path": [f"/none/{place}.jpg" for place in range(count)]})
    frame = frame.assign(width=1, height=1, key=pd.Series(first, dtype=object))
    held = dict(enumerate(map(as_json, first)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lists.parquet"
        with ImageDataset.from_dataframe(frame) as made:
            assert_holds(made, held)
            made.save(path)
        with ImageDataset.load(path) as dataset:
            assert_holds(dataset, held)
            changed = dict(zip(range(count), second, strict=False))
            dataset.update_metadata({row: {"key": cell} for row, cell in changed.items()})
            before, held = held, held | {row: as_json(cell) for row, cell in changed.items()}
            assert_holds(dataset, held)
            dataset.undo()
            assert_holds(dataset, before)
            row = data.draw(st.integers(0, count - 1))
            dataset.get_sample(row).metadata["key"] = single
            held = before | {row: as_json(single)}
            assert_holds(dataset, held)
            replayed = Path(shutil.copytree(folder, f"{folder}-copy")) / path.name
            with ImageDataset.load(replayed) as copy:
                assert_holds(copy, held)
        with ImageDataset.load(path) as dataset:
            assert_holds(dataset, held)


def assert_holds(dataset, held):
    assert exact(dataset.df["key"]) == exact(held.values())
    singles = [dataset.get_sample(row).metadata.get("key") for row in held]
    assert exact(singles) == exact(held.values())


# Arrow's own lists.


@pytest.mark.parametrize(
    ("array", "field"),
    [
        (pa.array([[1.5, 2], None, []], pa.list_(pa.float64())), "floats"),
        (pa.array([[0.1, 2], None, []], pa.list_(pa.float32())), "singles"),
        (pa.array([[0.1, None]], pa.list_(pa.float32())), "text"),
        (pa.array([[0.1, math.inf]], pa.large_list(pa.float32())), "text"),
        (pa.array([[1, 2], None], pa.large_list(pa.uint64())), "integers"),
        (pa.array([[1, 2], None], pa.list_(pa.int16(), 2)), "integers"),
        (pa.array([None, [1, 2]], pa.list_(pa.int16())).slice(1), "integers"),
        (pa.array([[1.0, None]]), "text"),
        (pa.array([[1.0, math.inf]]), "text"),
        (pa.array([[2**63]], pa.list_(pa.uint64())), "text"),
        (pa.array([[True], None]), "text"),
    ],
)
def test_lists_of_arrow(array, field):
    for values in (array, pa.chunked_array([array, array.slice(0, 0)])):
        key_type, lists = infer_arrow("key", values)
        assert key_type == "list"
        assert lists.field(field).null_count == array.null_count
        assert exact(list_objects(lists)) == exact(array.to_pylist())


# What one list does to the others.


EMBEDDINGS = np.random.default_rng(0).normal(size=(50, 8))


def embedded(cells):
    frame = pd.DataFrame({"path": [f"/none/{place}.jpg" for place in range(len(cells))]})
    frame = frame.assign(width=1, height=1, key=pd.Series(list(cells), dtype=object))
    return ImageDataset.from_dataframe(frame)


@pytest.mark.parametrize("other", [[1], ["a", None], [], [0.5]])
def test_a_list_that_is_unlike_the_others_leaves_them_numbers(other):
    dataset = embedded(EMBEDDINGS)
    dataset.get_sample(3).metadata["key"] = other
    column = dataset._connection.table.column("key")
    assert column.field("floats").null_count == 1
    assert exact(dataset.df["key"].iloc[2:4]) == exact([EMBEDDINGS[2].tolist(), other])


@pytest.mark.parametrize(
    ("width", "other", "dtype"),
    [
        (64, [], "list<element: double>"),
        (64, [0.5], "list<element: double>"),
        (64, [1], "large_string"),
        (32, [], "list<element: float>"),
        (32, [0.5, -0.0], "list<element: float>"),
        (32, [0.1], "list<element: double>"),
        (32, [1e300], "list<element: double>"),
        (32, [1], "large_string"),
    ],
)
def test_lists_set_one_by_one_are_in_the_column_of_parquet(width, other, dtype, tmp_path):
    embeddings = EMBEDDINGS.astype(f"f{width // 8}")
    with embedded(embeddings) as dataset:
        dataset.get_sample(3).metadata["key"] = other
        dataset.save(tmp_path / "lists")
    assert str(pq.read_schema(tmp_path / "lists.parquet").field("key").type) == dtype
    with ImageDataset.load(tmp_path / "lists") as dataset:
        expected = [*embeddings[:3].tolist(), other, *embeddings[4:].tolist()]
        assert exact(dataset.df["key"]) == exact(expected)


def test_lists_of_both_widths_are_one_column_of_parquet(tmp_path):
    singles, wider = EMBEDDINGS.astype("f4"), EMBEDDINGS[:2]
    with embedded(singles) as dataset:
        dataset.update_metadata({row: {"key": wider[row]} for row in (0, 1)})
        dataset.save(tmp_path / "lists")
        expected = [*wider.tolist(), *singles[2:].tolist()]
        assert exact(dataset.df["key"]) == exact(expected)
    stored = pq.read_table(tmp_path / "lists.parquet")["key"]
    assert stored.type == pa.list_(pa.field("element", pa.float64()))
    assert exact(stored.to_pylist()) == exact(expected)


def test_empty_lists_are_of_whatever_the_others_are_of(tmp_path):
    with embedded([np.array([], "f4"), np.array([0.5], "f4"), None]) as dataset:
        dataset.get_sample(2).metadata["key"] = []
        dataset.save(tmp_path / "lists")
    assert pq.read_table(tmp_path / "lists.parquet")["key"].to_pylist() == [[], [0.5], []]


def test_embeddings_are_not_compressed_and_what_has_a_pattern_is(tmp_path):
    noise = np.random.default_rng(0).normal(size=(300, 512)).astype("f4")
    for cells, codec in ((noise, "UNCOMPRESSED"), (noise.round(), "ZSTD")):
        with embedded(cells) as dataset:
            dataset.save(path := tmp_path / f"{codec}.parquet")
        assert pq.read_metadata(path).row_group(0).column(5).compression == codec
        with ImageDataset.load(path) as dataset:
            assert exact(dataset.df["key"]) == exact(cells.tolist())


def test_lists_of_early_journals_are_read():
    cells = [[0.5], None, [1], ["a"]]
    lists = infer_arrow("key", cells)[1]
    early = pa.StructArray.from_arrays(
        [lists.field(field.name) for field in EARLY], fields=list(EARLY), mask=lists.is_null()
    )
    _, payload = encode(ReplaceKey("key", "list", early))
    assert b"singles" not in payload
    change = decode(7, payload)
    table = Table()
    table.apply(AddSamples(pa.table({"sample_id": range(4)}), {}))
    table.apply(change)
    assert exact(table.frame()["key"]) == exact(cells)


def test_garbage_is_collected_again_after_lists_were_made():
    lists = infer_arrow("key", list(EMBEDDINGS))[1]
    frozen = gc.get_freeze_count()
    list_objects(lists)
    assert gc.isenabled()
    assert gc.get_freeze_count() == frozen
    gc.disable()
    try:
        list_objects(lists)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_csv_file_has_lists_as_json(tmp_path):
    embedded([np.array([0.5, 1e-7, 3]), np.array([1, -2]), None]).to_csv(tmp_path / "a.csv")
    found = pd.read_csv(tmp_path / "a.csv")["key"]
    assert [from_json(text) for text in found[:2]] == [[0.5, 1e-7, 3.0], [1, -2]]
    assert found.isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    "cell",
    [
        {"floats": [0.5], "text": "[]"},
        {"floats": [0.5], "singles": [0.5]},
        {},
        {"floats": [math.nan]},
        {"singles": [math.inf]},
        {"integers": [None]},
    ],
)
def test_lists_of_somebody_else_are_checked(cell):
    with pytest.raises(ValueError, match="a list"):
        check_lists(pa.array([cell], LIST))
    check_lists(infer_arrow("key", [[0.5], None, [1], ["a"]])[1])


# Elements.


def test_of_very_many_different_numbers_none_is_an_element(monkeypatch):
    monkeypatch.setattr(elements, "NUMBERS_LIMIT", 100)
    column = encode_elements("key", pd.Series([*EMBEDDINGS.tolist(), None], dtype=object))
    assert (column.combinations, column.missing) == ([[]], 1)
    assert column.codes.tolist() == [0] * 50 + [1]
    assert column.distinct > 100


@pytest.mark.parametrize("more", [[], ["a"]])
def test_of_fewer_numbers_or_of_words_all_count(more, monkeypatch):
    monkeypatch.setattr(elements, "NUMBERS_LIMIT", 1000 if not more else 100)
    column = encode_elements("key", pd.Series([*EMBEDDINGS.tolist(), more], dtype=object))
    assert column.distinct == EMBEDDINGS.size + len(more)


# Edits of the column as a whole.


def test_a_key_of_lists_is_renamed_cast_dropped_and_put_back():
    dataset = embedded(EMBEDDINGS)
    dataset.rename_metadata("key", "embedding")
    dataset.cast_metadata("embedding", "string")
    assert from_json(dataset.df["embedding"].iloc[1]) == EMBEDDINGS[1].tolist()
    dataset.cast_metadata("embedding", "list")
    dataset.drop_metadata("embedding")
    assert dataset.schema == {}
    dataset.undo()
    assert exact(dataset.df["embedding"]) == exact(EMBEDDINGS.tolist())
    assert dataset._connection.table.column("embedding").field("floats").null_count == 0


def test_a_dataset_goes_on_with_the_lists_that_it_saved(tmp_path):
    with embedded(EMBEDDINGS.astype(np.float32)) as dataset:
        dataset.get_sample(3).metadata["key"] = [1]
        dataset.save(tmp_path / "lists")
        dataset.get_sample(4).metadata["key"] = [0.5]
        dataset.undo()
        dataset.undo()
        expected = EMBEDDINGS.astype(np.float32).tolist()
        assert exact(dataset.df["key"]) == exact(expected)
    with ImageDataset.load(tmp_path / "lists") as dataset:
        assert exact(dataset.df["key"]) == exact(expected)
