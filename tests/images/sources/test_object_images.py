"""Images on object storage: a local S3 server, and memory."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from io import BytesIO
from pathlib import Path

import fsspec
import pandas as pd
import pytest
from PIL import Image

import framegrid as fg
from framegrid import images, remote
from framegrid.base import BrokenImageError
from framegrid.images.thumbnails.making import Thumbnails
from object_store import jpeg
from thumbnails_helpers import thumbnails_of


@pytest.fixture(params=["s3", "memory"])
def folder(request, tmp_path):
    """The URL of a folder with three images, one of them broken, and a text."""
    if request.param == "memory":
        url = f"memory://{tmp_path.name}/photos"
    else:
        url = request.getfixturevalue("bucket").url("photos")
    remote.create(f"{url}/img10.jpg", jpeg(40, 30))
    remote.create(f"{url}/img2.jpg", jpeg(90, 60))
    remote.create(f"{url}/sub/broken.jpg", b"no image")
    remote.create(f"{url}/notes.txt", b"no image either")
    yield url
    fsspec.filesystem("memory").store.clear()


@pytest.fixture
def dataset(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with fg.ImageDataset.create("photos") as dataset:
        dataset.add_images_from_path(folder)
        yield dataset


def test_ingest(dataset, folder):
    assert dataset.df["file_path_abs"].tolist() == [f"{folder}/img2.jpg", f"{folder}/img10.jpg"]
    assert dataset.df["file_name"].tolist() == ["img2.jpg", "img10.jpg"]
    assert dataset.df[["width", "height"]].to_numpy().tolist() == [[90, 60], [40, 30]]


def test_ingest_again_reports(dataset, folder):
    report = dataset.add_images_from_path(folder)
    assert (report.added, report.already_present) == (0, 2)
    assert report.broken == [(f"{folder}/sub/broken.jpg", "not an image: no known format")]


@pytest.mark.parametrize(
    ("asked", "options", "count"),
    [("/img2.jpg", {}, 1), ("/img*", {}, 2), ("", {"limit": 1}, 1), ("/", {"recursive": False}, 2)],
)
def test_what_is_added(folder, tmp_path, asked, options, count):
    with fg.ImageDataset.create(tmp_path / "photos") as dataset:
        assert dataset.add_images_from_path(folder + asked, **options).added == count


def test_exif(folder, tmp_path):
    exif = Image.Exif()
    exif[0x0110], exif[0x0112] = "Camera", 6
    file = BytesIO()
    Image.new("RGB", (50, 20)).save(file, "JPEG", exif=exif)
    remote.create(f"{folder}/exif.jpg", file.getvalue())
    with fg.ImageDataset.create(tmp_path / "photos") as dataset:
        dataset.add_images_from_path(f"{folder}/exif.jpg", exif=True)
        (sample,) = dataset
        assert (sample.width, sample.height, sample.metadata["camera"]) == (20, 50, "Camera")
        assert sample.open().size == (20, 50)


def test_nothing_there(dataset, folder):
    with pytest.raises(FileNotFoundError, match=f"no such object or folder: {folder}/gone"):
        dataset.add_images_from_path(f"{folder}/gone")
    with pytest.raises(ValueError, match=rf"0 of 1 files in {folder}/notes.txt have an image"):
        dataset.add_images_from_path(f"{folder}/notes.txt")


@pytest.mark.parametrize("url", ["http://localhost/a.jpg", "ftp://a/b.jpg", "zip://a::s3://b"])
def test_other_urls_are_refused(tmp_path, url):
    with (
        fg.ImageDataset.create(tmp_path / "photos") as dataset,
        pytest.raises(ValueError, match="only object storage"),
    ):
        dataset.add_images_from_path(url)


@pytest.mark.parametrize("url", ["http://localhost/a.jpg", "ftp://a/b.jpg"])
def test_other_urls_in_a_dataset_are_not_opened(url):
    dataset = fg.ImageDataset.from_dataframe(pd.DataFrame({"path": [url]}), "path")
    sample = dataset.get_sample(0)
    assert (sample.file_path_abs, sample.width) == (url, None)
    with pytest.raises(BrokenImageError, match="is not opened, only object storage: s3://"):
        sample.open()


def test_a_missing_package_is_the_reason():
    fg.allow_urls("gs://bucket/")
    try:
        import gcsfs  # noqa: F401
    except ImportError:
        with pytest.raises(BrokenImageError, match=r"^gs:// needs gcsfs: pip install gcsfs"):
            images.read_header("gs://bucket/a.jpg")


def test_headers_are_read_in_ranges(bucket, monkeypatch):
    file = BytesIO()
    Image.effect_noise((2000, 1000), 100).save(file, "PNG")
    url = bucket.put("large.png", file.getvalue())
    fs = fsspec.filesystem("s3", use_listings_cache=False)
    asked = []
    cat_file = fs.cat_file
    monkeypatch.setattr(
        fs, "cat_file", lambda path, start, end: asked.append(end) or cat_file(path, start, end=end)
    )
    assert images.read_header(url).width == 2000
    assert asked == [65536]
    assert len(file.getvalue()) > 1_000_000


def test_open(dataset):
    with dataset.get_sample(0).open() as image:
        assert image.size == (90, 60)


def test_a_file_that_is_gone(dataset, folder):
    fsspec.filesystem(folder.partition(":")[0]).rm(f"{folder}/img2.jpg")
    with pytest.raises(BrokenImageError, match="file not found"):
        dataset.get_sample(0).open()


def test_thumbnails(dataset, folder, tmp_path):
    paths = [*dataset.df["file_path_abs"], f"{folder}/sub/broken.jpg", f"{folder}/gone.jpg"]
    made = thumbnails_of(paths, tmp_path / "cache")
    assert (made[0].encoded.width, made[1].encoded.width) == (90, 40)
    assert (made[2].error, made[3].error) == ("not an image: no known format", "file not found")


def test_thumbnails_are_kept_until_the_object_changes(dataset, folder, tmp_path, monkeypatch):
    path = f"{folder}/img2.jpg"
    first = thumbnails_of([path], tmp_path / "cache")[0].encoded
    with monkeypatch.context() as patch:
        patch.setattr(remote, "open_object", None)
        assert thumbnails_of([path], tmp_path / "cache")[0].encoded == first
    remote.replace(path, jpeg(33, 60), remote.status(path))
    assert thumbnails_of([path], tmp_path / "cache")[0].encoded.width == 33


def test_the_picture_of_the_detail_view(dataset, tmp_path):
    path = dataset.get_sample(0).file_path_abs
    with closing(Thumbnails(tmp_path / "cache")) as pool:
        picture = pool.picture(path, 1000, 100_000).result(60)
    assert picture.width == 90
    assert Image.open(BytesIO(picture.data)).size == (90, 60)


def test_compute_without_an_executor(dataset):
    assert dataset.compute_metadata(lambda image: {"wide": image.width}).computed == 2
    assert dataset.df["wide"].tolist() == [90, 40]


def test_compute_again_what_changed(dataset, folder):
    def compute():
        with ThreadPoolExecutor(2) as threads:
            return dataset.compute_metadata(
                lambda image: {"area": image.width * image.height}, keys=["area"], executor=threads
            )

    assert compute().computed == 2
    assert compute().up_to_date == 2
    path = f"{folder}/img2.jpg"
    remote.replace(path, jpeg(10, 10), remote.status(path))
    assert compute().computed == 1
    assert dataset.get_sample(0).metadata["area"] == 100


def test_export(dataset, folder, tmp_path):
    exported = dataset.export_images(tmp_path / "chosen")
    assert sorted(path.name for path in (tmp_path / "chosen").iterdir()) == [
        "img10.jpg",
        "img2.jpg",
    ]
    assert Path(exported["file_path_abs"].iloc[0]).read_bytes() == remote.read(f"{folder}/img2.jpg")


def test_export_of_what_is_gone(dataset, folder, tmp_path):
    fsspec.filesystem(folder.partition(":")[0]).rm(f"{folder}/img2.jpg")
    with pytest.raises(FileNotFoundError, match="1 of 2 images do not exist"):
        dataset.export_images(tmp_path / "chosen")
    assert not (tmp_path / "chosen").exists()


def test_links_to_objects(dataset, tmp_path):
    with pytest.raises(ValueError, match=r"2 of 2 images are on object storage.*link=False"):
        dataset.export_images(tmp_path / "chosen", link=True)


def test_a_column_of_urls(folder):
    frame = pd.DataFrame(
        {"label": ["a", "b"], "where": [f"{folder}/img2.jpg", f"{folder}/img10.jpg"]}
    )
    dataset = fg.ImageDataset.from_dataframe(frame)
    assert dataset.df["file_name"].tolist() == ["img2.jpg", "img10.jpg"]
    assert dataset.df["width"].tolist() == [90, 40]
    assert dataset.get_sample(1).file_path_abs == f"{folder}/img10.jpg"


def test_metadata_from_csv(dataset, folder):
    remote.create(f"{folder}/labels.csv", b"file_name,label\nimg2.jpg,cat\nimg10.jpg,dog\n")
    assert len(dataset.update_metadata_from_csv(f"{folder}/labels.csv").matched) == 2
    assert dataset.df["label"].tolist() == ["cat", "dog"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("labels.json", '{"img2.jpg": {"label": "cat"}}'),
        ("labels.jsonl", '{"file_name": "img2.jpg", "label": "cat"}\n'),
    ],
)
def test_metadata_from_json(dataset, folder, name, text):
    remote.create(f"{folder}/{name}", text.encode())
    assert len(dataset.update_metadata_from_json(f"{folder}/{name}").matched) == 1
    assert dataset.get_sample(0).metadata["label"] == "cat"


def test_images_move_there_and_back(dataset, folder, tmp_path):
    dataset.export_images(tmp_path / "here")
    assert dataset.relink(folder, tmp_path / "here") == 2
    assert dataset.get_sample(0).file_path_abs == str(tmp_path / "here/img2.jpg")
    assert dataset.relink(tmp_path / "here", f"{folder}/") == 2
    assert dataset.get_sample(0).file_path_abs == f"{folder}/img2.jpg"
    with pytest.raises(FileNotFoundError, match=f"2 of 2 files do not exist under {folder}/sub"):
        dataset.relink(folder, f"{folder}/sub")
