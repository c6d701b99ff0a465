"""Columns of Parquet files are counted before they take memory, whatever the files say."""

from contextlib import contextmanager

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from framegrid.base.parquet import counted_batches, counting

MB = 1 << 20


class Memory:
    """Some memory, and whether all of it that was taken was counted before."""

    def __init__(self, left):
        self.left = left

    def check(self, count):
        if count > self.left:
            raise MemoryError(f"{count:,} of {self.left:,}")

    def take(self, count):
        self.check(count)
        self.left -= count


@contextmanager
def all_that_arrow_takes():
    """A pool that is used meanwhile."""
    before = pa.default_memory_pool()
    pool = pa.proxy_memory_pool(before)
    pa.set_memory_pool(pool)
    try:
        yield pool
    finally:
        pa.set_memory_pool(before)


def read(path, names=None, left=1 << 40):
    memory = Memory(left)
    with path.open("rb") as file:
        metadata = pq.read_metadata(path)
        names = names or metadata.schema.to_arrow_schema().names
        batches = []
        for batch in counted_batches(file, metadata, names, memory):
            memory.take(batch.nbytes)
            batches.append(batch)
    return pa.Table.from_batches(batches)


def texts(count):
    return [None if number % 11 == 0 else f"text {number % 13}" for number in range(count)]


def table_of_everything(count=300):
    numbers = range(count)
    return pa.table(
        {
            "text": texts(count),
            "other": [f"text {number}" for number in numbers],
            "number": numbers,
            "list": [[f"a{n % 7}"] * (n % 4) for n in numbers],
            "pair": pa.array([["a", f"b{n % 3}"] for n in numbers], pa.list_(pa.string(), 2)),
            "struct": [{"name": f"a{n % 5}", "lists": [{"x": f"b{n % 3}"}]} for n in numbers],
            "map": pa.array(
                [[("k", f"v{n % 3}")] for n in numbers], pa.map_(pa.string(), pa.string())
            ),
            "category": pa.array(texts(count)).dictionary_encode(),
            "view": pa.array(texts(count), pa.string_view()),
        }
    )


@pytest.mark.parametrize("most", [1 << 26, 20_000, 300], ids="{:,}".format)
@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("group", [300, 90])
def test_all_values_are_there_however_they_are_read(tmp_path, monkeypatch, most, version, group):
    monkeypatch.setattr(counting, "_BATCH_BYTES", most)
    table = table_of_everything()
    path = tmp_path / "0.parquet"
    pq.write_table(table, path, row_group_size=group, data_page_version=version)
    assert read(path).to_pylist() == table.to_pylist()


def test_large_texts_are_read_few_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr(counting, "_BATCH_BYTES", 4 * MB)
    texts = [f"{number:06}" * 50_000 for number in range(100)]
    path = tmp_path / "0.parquet"
    pq.write_table(pa.table({"text": texts}), path, use_dictionary=False, write_batch_size=1)
    with path.open("rb") as file, all_that_arrow_takes() as pool:
        batches = counted_batches(file, pq.read_metadata(path), ["text"], Memory(1 << 40))
        sizes = [batch.nbytes for batch in batches]
        assert pool.max_memory() < 24 * MB
    assert sum(sizes) > 28 * MB
    assert max(sizes) <= 4 * MB


LONG, TIMES = "a" * (1 << 17), 1_600

BOMBS = {
    "texts": ([LONG] * TIMES, {}),
    "lists": ([[LONG] * TIMES], {}),
    "structs": ([{"a": {"b": LONG}}] * TIMES, {}),
    "delta": (
        [LONG] * TIMES,
        {"use_dictionary": False, "column_encoding": {"column": "DELTA_BYTE_ARRAY"}},
    ),
    "numbers": ([[0] * 6_000_000], {}),
}


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("bomb", BOMBS)
def test_few_bytes_that_are_very_many_are_refused_before_they_are(tmp_path, bomb, version):
    values, options = BOMBS[bomb]
    options = {"compression": "zstd", "store_schema": False, **options}
    path = tmp_path / "0.parquet"
    pq.write_table(pa.table({"column": values}), path, data_page_version=version, **options)
    assert path.stat().st_size < MB
    with all_that_arrow_takes() as pool:
        with pytest.raises(MemoryError):
            read(path, left=50 * MB)
        assert pool.max_memory() < 100 * MB
