"""Pictures in Parquet files become samples, and the other columns their metadata."""

import json
import struct
import subprocess
import sys
from contextlib import suppress
from datetime import datetime

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import framegrid as fg
from framegrid import images
from framegrid.base import BrokenImageError, UrlNotAllowedError
from framegrid.dataset.ingest import containers
from framegrid.images.sources import parquet_groups
from picture_tables import cells, jpeg_of, write_parquet
from samples import column
from waiting import wait_until

CLASS = {"names": ["cat", "dog"], "_type": "ClassLabel"}


@pytest.fixture
def dataset(tmp_path):
    with fg.ImageDataset.create(tmp_path / "saved") as dataset:
        yield dataset


def widths(dataset):
    return [sample.open().width for sample in dataset]


def test_a_file_of_hugging_face(dataset, tmp_path):
    path = write_parquet(
        tmp_path / "train-0.parquet",
        features={"image": {"_type": "Image"}, "label": CLASS},
        image=cells(3),
        label=[0, 1, -1],
        score=[0.5, None, 1.5],
    )
    report = dataset.add_images_from_path(path)
    assert (report.added, report.broken, report.left_out) == (3, [], [])
    assert column(dataset, "file_name") == ["0.jpg", "1.jpg", "2.jpg"]
    assert column(dataset, "width") == [10, 11, 12]
    assert [sample.metadata["label"] for sample in dataset] == ["cat", "dog", None]
    assert [sample.metadata["score"] for sample in dataset] == [0.5, None, 1.5]
    assert column(dataset, "file_path_abs")[1] == f"parquet://image/1::{path}"
    assert widths(dataset) == [10, 11, 12]


def test_it_is_there_after_loading_again(dataset, tmp_path):
    write_parquet(tmp_path / "train.parquet", image=cells(2), label=[1, 2])
    dataset.add_images_from_path(tmp_path / "train.parquet")
    before = dataset.df
    dataset.close()
    with fg.ImageDataset.load(dataset.path) as loaded:
        pd.testing.assert_frame_equal(loaded.df, before)
        assert widths(loaded) == [10, 11]


def test_shards_are_taken_in_their_order_and_once(dataset, tmp_path):
    for shard in (10, 2, 1):
        write_parquet(tmp_path / f"data/part-{shard}.parquet", image=cells(2, shard))
    (tmp_path / "data/_SUCCESS").write_bytes(b"")
    assert dataset.add_images_from_path(tmp_path / "data").added == 6
    assert column(dataset, "width") == [11, 12, 12, 13, 20, 21]
    report = dataset.add_images_from_path(str(tmp_path / "data" / "part-*.parquet"))
    assert (report.added, report.already_present) == (0, 6)


def test_the_first_images_of_many_files(dataset, tmp_path):
    for shard in range(3):
        write_parquet(tmp_path / f"data/{shard}.parquet", image=cells(2, 2 * shard))
    assert dataset.add_images_from_path(tmp_path / "data", limit=3).added == 3
    assert column(dataset, "width") == [10, 11, 12]


def test_plain_bytes_with_names_and_sizes_beside_them(dataset, tmp_path):
    path = write_parquet(
        tmp_path / "spark.parquet",
        hash=[b"\x00\x01", b"\x00\x02"],
        content=[jpeg_of(1), jpeg_of(2)],
        file_name=["a/one.jpg", None],
        taken=[datetime(2024, 1, 1), None],
    )
    report = dataset.add_images_from_path(path)
    assert column(dataset, "file_name") == ["one.jpg", "spark-1"]
    assert column(dataset, "file_path_abs")[0].startswith("parquet://content/0::")
    assert [key for key, _ in report.left_out] == ["hash"]
    assert dataset.schema == {"taken": "datetime"}


def test_one_of_several_columns_is_shown(dataset, tmp_path):
    path = write_parquet(
        tmp_path / "pairs.parquet", before=cells(2), after=cells(2, 5), number=[1, 2]
    )
    report = dataset.add_images_from_path(path)
    assert report.left_out == [("after", "left out: other pictures, shown by image_column='after'")]
    assert dataset.add_images_from_path(path, image_column="after").added == 2
    assert widths(dataset) == [10, 11, 15, 16]


def test_empty_and_broken_cells_are_tiles_with_a_reason(dataset, tmp_path):
    pictures = [*cells(1), None, {"bytes": None, "path": "x.jpg"}, {"bytes": b"?", "path": None}]
    path = write_parquet(tmp_path / "train.parquet", image=pictures)
    report = dataset.add_images_from_path(path)
    assert report.added == 4
    reasons = dict(report.broken)
    assert list(reasons.values()) == [
        "no picture: the cell is empty",
        "no picture: the cell is empty",
        "not an image: no known format",
    ]
    with pytest.raises(BrokenImageError, match="the cell is empty"):
        dataset.get_sample(1).open()


def test_sizes_of_many_follow_while_a_grid_is_open(dataset, tmp_path, monkeypatch):
    monkeypatch.setattr(containers, "READ_AT_ONCE", 2)
    path = write_parquet(tmp_path / "train.parquet", image=[*cells(3), None])
    assert dataset.add_images_from_path(path).unsized == 0  # a file keeps what is read now
    with pytest.warns(UserWarning, match="empty 1"):
        in_memory = fg.ImageDataset.from_dataframe(str(path))
    assert in_memory.df["width"].isna().all()
    in_memory.read_sizes_later()
    wait_until(lambda: in_memory.df["width"].count() == 3)
    assert in_memory.df["width"].dropna().tolist() == [10, 11, 12]


def test_the_report_says_what_was_not_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr(containers, "READ_AT_ONCE_FROM_DISK", 2)
    path = write_parquet(tmp_path / "train.parquet", image=[*cells(3), None])
    with fg.ImageDataset.create(tmp_path / "saved") as dataset:
        report = dataset.add_images_from_path(path)
        assert (report.added, report.unsized, report.empty, report.broken) == (4, 4, 1, [])
        assert "sizes of 4 follow in the background; dataset.read_sizes() waits" in str(report)
        assert len(dataset.read_sizes(progress=False)) == 1
        assert dataset.df["width"].dropna().tolist() == [10, 11, 12]


def test_folders_name_what_is_in_them(dataset, tmp_path):
    for split, year in (("train", 2023), ("test", 2024)):
        write_parquet(
            tmp_path / f"data/year={year}/split={split}/0.parquet", image=cells(1), label=[year]
        )
    dataset.add_images_from_path(tmp_path / "data")
    assert column(dataset, "split") == ["train", "test"]
    assert column(dataset, "year") == [2023, 2024]


def test_shards_that_do_not_agree_lose_nothing(dataset, tmp_path):
    write_parquet(tmp_path / "data/0.parquet", image=cells(1), label=[1], only=["a"])
    write_parquet(tmp_path / "data/1.parquet", image=cells(1), label=[2.5])
    dataset.add_images_from_path(tmp_path / "data")
    assert column(dataset, "label") == [1.0, 2.5]
    assert [sample.metadata["only"] for sample in dataset] == ["a", None]


def test_classes_in_lists_and_structs_have_their_names(dataset, tmp_path):
    objects = [{"category": [0, 1], "area": [3, 4]}, {"category": [], "area": []}]
    write_parquet(
        tmp_path / "train.parquet",
        features={
            "objects": {"feature": {"category": CLASS}, "_type": "Sequence"},
            "tags": {"feature": CLASS, "_type": "List"},
        },
        image=cells(2),
        objects=objects,
        tags=[[1], None],
    )
    dataset.add_images_from_path(tmp_path / "train.parquet")
    first = dataset.get_sample(0).metadata
    assert first["objects"] == {"category": ["cat", "dog"], "area": [3, 4]}
    assert first["tags"] == ["dog"]


@pytest.mark.parametrize(
    "said", [b"no json", b"[]", b'{"info": 1}', json.dumps({"info": {"features": [1]}}).encode()]
)
def test_what_hugging_face_says_may_be_anything(dataset, tmp_path, said):
    table = pa.table({"image": cells(1), "label": [1]}).replace_schema_metadata(
        {b"huggingface": said}
    )
    pq.write_table(table, tmp_path / "train.parquet")
    assert dataset.add_images_from_path(tmp_path / "train.parquet").added == 1
    assert column(dataset, "label") == [1]


@pytest.mark.parametrize(
    ("columns", "options", "message"),
    [
        ({"label": [1]}, {}, "no column holds pictures"),
        ({"image": cells(1)}, {"image_column": "gone"}, "no column 'gone'"),
        ({"image": cells(1), "label": [1]}, {"image_column": "label"}, "is of type 'int64'"),
        ({"digest": [b"\x00\x01"]}, {}, "no column holds pictures"),
    ],
)
def test_what_holds_no_pictures_is_refused(dataset, tmp_path, columns, options, message):
    write_parquet(tmp_path / "train.parquet", **columns)
    with pytest.raises(ValueError, match=message):
        dataset.add_images_from_path(tmp_path / "train.parquet", **options)
    assert len(dataset) == 0


def test_a_damaged_shard_is_named_and_the_others_are_there(dataset, tmp_path):
    write_parquet(tmp_path / "data/0.parquet", image=cells(1))
    data = write_parquet(tmp_path / "data/1.parquet", image=cells(1)).read_bytes()
    (tmp_path / "data/1.parquet").write_bytes(data[:-30])
    report = dataset.add_images_from_path(tmp_path / "data")
    assert report.added == 1
    assert report.broken == [
        (str(tmp_path / "data/1.parquet"), "'1.parquet' is no whole Parquet file")
    ]


def test_exports_are_named_by_the_paths_in_the_cells(dataset, tmp_path):
    same = [{"bytes": jpeg_of(1), "path": "a/k.jpg"}, {"bytes": jpeg_of(2), "path": "b/k.jpg"}]
    write_parquet(tmp_path / "0.parquet", image=[*same, {"bytes": jpeg_of(3), "path": None}])
    dataset.add_images_from_path(tmp_path / "0.parquet")
    exported = dataset.export_images(tmp_path / "out")
    assert exported["file_name"].tolist() == ["k.jpg", "k-1.jpg", "0-2.jpg"]
    assert (tmp_path / "out/k-1.jpg").read_bytes() == jpeg_of(2)
    with pytest.raises(ValueError, match="inside of other files"):
        dataset.export_images(tmp_path / "links", link=True)


def test_a_file_that_moved_is_followed(dataset, tmp_path):
    path = write_parquet(tmp_path / "old/0.parquet", image=cells(2))
    dataset.add_images_from_path(path)
    (tmp_path / "old").rename(tmp_path / "new")
    assert dataset.check_images(progress=False)["problem"].tolist() == ["gone", "gone"]
    assert dataset.relink(tmp_path / "old", tmp_path / "new") == 2
    assert widths(dataset) == [10, 11]
    (tmp_path / "new/0.parquet").rename(tmp_path / "new/1.parquet")
    assert dataset.relink(tmp_path / "new/0.parquet", tmp_path / "new/1.parquet") == 2
    assert widths(dataset) == [10, 11]


def test_on_object_storage(dataset, bucket, tmp_path):
    data = write_parquet(tmp_path / "0.parquet", image=cells(3), label=[1, 2, 3]).read_bytes()
    bucket.put("data/0.parquet", data)
    bucket.put("data/1.parquet", data)
    assert dataset.add_images_from_path(bucket.url("data")).added == 6
    assert column(dataset, "label") == [1, 2, 3, 1, 2, 3]
    assert widths(dataset) == [10, 11, 12] * 2


def test_a_bucket_that_nobody_named_is_not_asked(bucket, tmp_path):
    data = write_parquet(tmp_path / "0.parquet", image=cells(1)).read_bytes()
    url = bucket.put("0.parquet", data)
    fg.allow_urls(forget=f"s3://{bucket.name}/")
    frame = pd.DataFrame({"path": [f"parquet://image/0::{url}"], "width": 1, "height": 1})
    dataset = fg.ImageDataset.from_dataframe(frame, "path")
    with pytest.raises(BrokenImageError, match=r"not allowed yet: fg\.allow_urls\('s3://bucket"):
        dataset.get_sample(0).open()
    with pytest.raises(UrlNotAllowedError, match="not allowed yet"):
        dataset.export_images(tmp_path / "out")
    fg.allow_urls(f"s3://{bucket.name}/")
    assert dataset.get_sample(0).open().width == 10


READING = """
import sys, threading
from framegrid import images

begun = threading.Event()

def read():
    while True:
        for row in range(300):
            images.read_header(f"parquet://image/{row}::{sys.argv[1]}")
            begun.set()

threading.Thread(target=read, daemon=True).start()
begun.wait()
"""


def test_python_ends_while_pictures_are_read(tmp_path):
    path = write_parquet(
        tmp_path / "0.parquet",
        image=cells(300),
        options={"row_group_size": 1, "compression": "gzip"},
    )
    subprocess.run([sys.executable, "-c", READING, str(path)], check=True, timeout=120)


# Forged files


def test_large_row_groups_are_read_row_by_row(tmp_path):
    path = write_parquet(
        tmp_path / "0.parquet", image=cells(300), options={"data_page_size": 1_000}
    )
    for row in (299, 0, 150, 150, 7):
        assert images.read_header(f"parquet://image/{row}::{path}").width == 10 + row


def test_a_cell_behind_one_that_is_repeated_for_ever_is_refused_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_groups, "_REPEATED_BYTES", 1 << 26)
    repeated = pa.DictionaryArray.from_arrays([0] * 20_000, [jpeg_of(0) + bytes(1 << 13)])
    options = {"compression": "zstd", "store_schema": False}
    path = write_parquet(tmp_path / "0.parquet", image=repeated, options=options)
    assert images.identify(f"parquet://image/100::{path}") == ".jpg"
    for row in (19_999, 15_000):
        with pytest.raises(BrokenImageError, match="too large: cells before it are repeated"):
            images.identify(f"parquet://image/{row}::{path}")
    assert images.identify(f"parquet://image/3::{path}") == ".jpg"


def test_categories_that_spell_out_to_too_much_are_refused_before_they_are(dataset, tmp_path):
    notes = pa.DictionaryArray.from_arrays([0] * 2_000_000, ["a" * (1 << 20)])
    options = {"compression": "zstd", "dictionary_pagesize_limit": 1 << 30}
    pictures = pa.nulls(len(notes), pa.binary())
    path = write_parquet(tmp_path / "0.parquet", image=pictures, note=notes, options=options)
    with pytest.raises(MemoryError, match="unpacks to more than"):
        dataset.add_images_from_path(path)
    assert len(dataset) == 0


def test_pictures_behind_a_damaged_one_are_found(dataset, tmp_path):
    path = write_parquet(tmp_path / "0.parquet", image=[None, b"no picture", jpeg_of(1)])
    report = dataset.add_images_from_path(path)
    assert (report.added, len(report.broken)) == (3, 2)


def test_a_page_that_unpacks_to_too_much_is_named(tmp_path):
    fg.limits.bytes = 1 << 28
    bomb = [bytes(1 << 27)]
    path = write_parquet(
        tmp_path / "0.parquet", image=bomb, options={"compression": "zstd", "use_dictionary": False}
    )
    assert path.stat().st_size < 1 << 20
    with pytest.raises(BrokenImageError, match=r"a page of the column takes 128 MB"):
        images.read_header(f"parquet://image/0::{path}")


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_no_damage_to_the_header_of_a_page_is_more_than_a_reason(tmp_path, place):
    path = write_parquet(tmp_path / "0.parquet", image=cells(2), options={"use_dictionary": False})
    data = bytearray(path.read_bytes())
    for value in (0, 0x15, 0x7F, 0xFF):
        struct.pack_into("B", data, 4 + place, value)
        path.write_bytes(data)
        with suppress(BrokenImageError):
            images.read_header(f"parquet://image/1::{path}")


@pytest.mark.parametrize(
    ("locator", "reason"),
    [
        ("parquet://image/2::{path}", "no such row"),
        ("parquet://image/-1::{path}", "names no cell"),
        ("parquet://image::{path}", "names no cell"),
        ("parquet://nothing/0::{path}", "no column 'nothing'"),
        ("parquet://label/0::{path}", "no pictures: column 'label'"),
        ("parquet://image/0::{path}/../../other.parquet", "file not found|not a directory"),
        ("parquet://image/0::/etc/passwd", "no whole Parquet file"),
        ("parquet://image/0::/dev/zero", "not a regular file"),
        ("parquet://image/0::{folder}", "not a regular file"),
        ("parquet://image/0::parquet://image/0::{path}", "not opened"),
        ("parquet://image/0::file://{path}", "not opened"),
    ],
)
def test_a_locator_opens_nothing_but_a_cell(tmp_path, locator, reason):
    path = write_parquet(tmp_path / "0.parquet", image=cells(2), label=[1, 2])
    with pytest.raises(BrokenImageError, match=f"(?i){reason}"):
        images.open_upright(locator.format(path=path, folder=tmp_path))
