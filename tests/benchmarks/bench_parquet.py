"""Pictures in Parquet files: opening many shards, and a screen of thumbnails."""

import tempfile
from contextlib import closing
from pathlib import Path
from threading import Event

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

import framegrid as fg
from framegrid.images.thumbnails.making import Thumbnails
from picture_tables import cells

SHARDS, ROWS = 50, 2_000
SCREEN = 60


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    """A hundred thousand small pictures, as Hugging Face writes them, with six columns beside."""
    folder = tmp_path_factory.mktemp("shards")
    rng = np.random.default_rng(0)
    pictures = cells(200) * (ROWS // 200)
    for shard in range(SHARDS):
        table = pa.table(
            {
                "image": pictures,
                "label": rng.integers(0, 9, ROWS),
                "score": rng.random(ROWS),
                "caption": [f"a picture of {number}" for number in rng.integers(0, 10**6, ROWS)],
                "source": rng.choice(["web", "camera"], ROWS),
                "year": rng.integers(1990, 2024, ROWS),
                "is_test": rng.random(ROWS) < 0.1,
            }
        )
        pq.write_table(table, folder / f"train-{shard:05}.parquet", row_group_size=100)
    return folder


def test_opening(compare, shards):
    files = sorted(map(str, shards.iterdir()))
    names = [name for name in pq.read_schema(files[0]).names if name != "image"]

    def ours():
        frame = fg.ImageDataset.create(Path(tempfile.mkdtemp()) / "pictures")
        with frame as dataset:
            assert dataset.add_images_from_path(shards, progress=False).added == SHARDS * ROWS

    def baseline():
        """reading the other columns with pyarrow"""
        pa.concat_tables([pq.read_table(file, columns=names) for file in files])

    compare("100,000 rows in 50 shards as a dataset on disk", ours, baseline, rounds=5)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """As many photos as a screen has, as files and in a row group of a hundred."""
    folder = tmp_path_factory.mktemp("screen")
    rng = np.random.default_rng(0)
    paths = []
    for number in range(SCREEN):
        base = Image.fromarray(rng.integers(0, 256, (37, 50, 3), np.uint8)).resize((500, 374))
        paths.append(folder / f"{number:05}.jpg")
        base.save(paths[-1], quality=90)
    data = [{"bytes": path.read_bytes(), "path": path.name} for path in paths]
    for rows in (100, 1000):
        pq.write_table(
            pa.table({"image": (data * 20)[:rows]}), folder / f"{rows}.parquet", row_group_size=rows
        )
    return folder, list(map(str, paths))


@pytest.mark.parametrize("rows", [100, 1000])
def test_a_cold_screen(compare, photos, rows):
    folder, files = photos
    located = [f"parquet://image/{row}::{folder}/{rows}.parquet" for row in range(SCREEN)]

    def screen(paths):
        done = Event()
        with (
            tempfile.TemporaryDirectory() as cache,
            closing(Thumbnails(Path(cache), workers=2)) as thumbnails,
        ):
            thumbnails.request(paths, 128, lambda _: None, done.set)
            done.wait()

    def ours():
        from framegrid.images.sources import parquet_files, parquet_groups

        parquet_groups._groups.clear()
        parquet_files._footers.clear()
        screen(located)

    def baseline():
        """the same pictures as files"""
        screen(files)

    compare(f"a cold screen of {SCREEN} from a row group of {rows}", ours, baseline, rounds=5)
