"""What holds of every kind of locator, whatever opens its images: a new kind is a row of KINDS."""

import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from io import BytesIO
from urllib.parse import quote

import fsspec
import pandas as pd
import pytest
from PIL import Image

import framegrid as fg
from archive_files import write_tar, write_zip
from framegrid import images, remote
from framegrid.base import BrokenImageError
from framegrid.images.thumbnails.making import Thumbnails
from framegrid.storage import cell_locators, write_cells
from picture_tables import write_parquet
from thumbnails_helpers import thumbnails_of

BROKEN = b"no image at all"


def photo():
    """A JPEG whose EXIF turns it upright: 20 x 40 px."""
    exif = Image.Exif()
    exif[0x0110], exif[0x0112] = "Camera", 6
    file = BytesIO()
    Image.new("RGB", (40, 20), "teal").save(file, "JPEG", exif=exif)
    return file.getvalue()


def as_files(folder, pictures):
    for name, data in pictures.items():
        (folder / name).write_bytes(data)
    return [str(folder / name) for name in [*pictures, "gone.jpg"]]


def as_objects(folder, pictures):
    url = f"memory://{folder.name}"
    for name, data in pictures.items():
        fsspec.filesystem("memory").pipe_file(f"/{folder.name}/{name}", data)
    return [f"{url}/{name}" for name in [*pictures, "gone.jpg"]]


def as_members(write, scheme, *options):
    """Members of an archive here."""

    def of_archive(folder, pictures):
        path = write(folder / f"archive.{scheme}", pictures, *options)
        return [f"{scheme}://{name}::{path}" for name in [*pictures, "gone.jpg"]]

    return of_archive


def as_members_of_object(folder, pictures):
    path = write_tar(folder / "archive.tar", {**pictures, "other.jpg": bytes(300_000)})
    fsspec.filesystem("memory").pipe_file("/shards/archive.tar", path.read_bytes())
    return [f"tar://{name}::memory://shards/archive.tar" for name in [*pictures, "gone.jpg"]]


def as_web_images(web, pictures):
    fg.allow_urls(web.url())
    urls = [web.put(quote(f"deep/{name}"), data) for name, data in pictures.items()]
    return [*urls, web.url("deep/gone.jpg")]


def as_cells(folder, pictures):
    """Cells as Hugging Face writes them."""
    cells = [{"bytes": data, "path": name} for name, data in pictures.items()]
    path = write_parquet(folder / "train-0.parquet", image=cells)
    there = [f"parquet://image/{row}::{path}" for row in range(len(cells))]
    return [*there, f"parquet://image/0::{folder}/gone.parquet"]


def as_plain_cells_of_object(folder, pictures):
    path = write_parquet(folder / "train-0.parquet", **{"my.image": list(pictures.values())})
    fsspec.filesystem("memory").pipe_file("/shards/train.parquet", path.read_bytes())
    there = [f"parquet://my.image/{row}::memory://shards/train.parquet" for row in range(2)]
    return [*there, "parquet://my.image/0::memory://shards/gone.parquet"]


def as_part_of_a_dataset(folder, pictures):
    part = folder.with_suffix(".images") / "0001.parquet"
    part.parent.mkdir()
    with part.open("wb") as file:
        write_cells(file, [(data, name) for name, data in pictures.items()])
    gone = part.with_name("0002.parquet")
    return cell_locators(str(part), len(pictures)) + cell_locators(str(gone), 1)


KINDS = {
    "file": as_files,
    "beside a dataset": as_part_of_a_dataset,
    "object": as_objects,
    "tar": as_members(write_tar, "tar"),
    "zip": as_members(write_zip, "zip"),
    "zip, deflated": as_members(write_zip, "zip", zipfile.ZIP_DEFLATED),
    "tar on object storage": as_members_of_object,
    "https": as_web_images,
    "parquet": as_cells,
    "parquet on object storage": as_plain_cells_of_object,
}
"""Each writes pictures by name, and gives the locator of each and of one that is not there."""


@pytest.fixture(params=KINDS)
def locators(request, tmp_path):
    """Locators of a photo, of what is no image, and of what is not there."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    folder = request.getfixturevalue("web") if request.param == "https" else folder
    yield KINDS[request.param](folder, {"a 1%.jpg": photo(), "b.jpg": BROKEN})
    fsspec.filesystem("memory").store.clear()


@pytest.fixture
def dataset(locators, tmp_path):
    """A dataset on disk, loaded again."""
    names = ["a 1%.jpg", "b.jpg", "gone.jpg"]
    frame = pd.DataFrame({"path": locators, "file_name": names, "number": [1, 2, 3]})
    with fg.ImageDataset.from_dataframe(frame, "path") as made:
        made.save(tmp_path / "saved")
    with fg.ImageDataset.load(tmp_path / "saved") as dataset:
        yield dataset


def test_locators_are_kept_as_they_are(dataset, locators):
    assert dataset.df["file_path_abs"].tolist() == locators
    assert [str(remote.parse(locator)) for locator in locators] == locators


def test_samples_open_upright_or_say_why_not(dataset):
    good, broken, gone = dataset
    assert good.open().size == (20, 40)
    with pytest.raises(BrokenImageError, match="not an image"):
        broken.open()
    with pytest.raises(BrokenImageError):
        gone.open()


def test_headers(locators):
    header = images.read_header(locators[0], exif=True)
    assert (header.width, header.height, header.exif["camera"]) == (20, 40, "Camera")


def test_sizes_are_read(dataset):
    dataset.read_sizes(progress=False)
    assert dataset.df[["width", "height"]].iloc[0].tolist() == [20, 40]


def test_exif_is_read(dataset):
    dataset.add_exif_metadata(progress=False)
    assert dataset.get_sample(0).metadata["camera"] == "Camera"


def test_thumbnails(locators, tmp_path):
    good, broken, gone = thumbnails_of(locators, tmp_path / "cache", 32)
    assert (good.encoded.width, good.encoded.height) == (20, 40)
    assert "not an image" in broken.error
    assert gone.error


def test_pictures_for_a_close_look(locators, tmp_path):
    with closing(Thumbnails(tmp_path / "cache")) as thumbnails:
        picture = thumbnails.picture(locators[0], 512, 10**6).result(60)
    assert (picture.width, picture.height) == (20, 40)


@pytest.mark.parametrize("executor", [None, ThreadPoolExecutor(2)], ids=["default", "threads"])
def test_functions_are_computed(dataset, executor):
    report = dataset.compute_metadata(
        lambda image: {"wide": image.width}, executor=executor, progress=False
    )
    assert dataset.get_sample(0).metadata["wide"] == 20
    assert len(report.failures) == 2


def test_states_tell_what_is_there_and_when_it_changed(locators):
    *there, gone = images.file_states(locators)
    assert None not in there
    assert gone is None
    assert images.missing_files(locators) == locators[-1:]
    assert images.file_states(locators[:2]) == there


def test_exports_write_the_bytes_of_the_image(dataset, tmp_path):
    exported = dataset.export_images(tmp_path / "out", [0])
    assert exported["file_name"].tolist() == ["a 1%.jpg"]
    assert (tmp_path / "out/a 1%.jpg").read_bytes() == photo()


def test_exports_need_all_images(dataset, tmp_path):
    with pytest.raises((ValueError, FileNotFoundError), match="nothing was written"):
        dataset.export_images(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_saved_page_has_the_pictures(dataset, tmp_path):
    grid = dataset.show()
    grid.filters = {"number": (1, 1)}
    page = tmp_path / "page.html"
    grid.save_html(page)
    assert "image/jpeg" in page.read_text() or "/9j/" in page.read_text()


def test_missing_images_are_listed(dataset, locators):
    problems = dataset.check_images(progress=False)
    assert problems.loc[2, "problem"] == "gone"
    assert problems["file_path_abs"].tolist() == locators[1:]
