"""Adding the images of a folder."""

import io
import shutil
import warnings
from pathlib import Path

import pytest
from PIL import Image

import framegrid as fg
from framegrid import images
from framegrid.dataset.ingest import sizes


@pytest.fixture
def dataset(photos):
    with fg.ImageDataset.create("ingest") as dataset:
        yield dataset


def names(dataset):
    return [sample.file_name for sample in dataset]


def test_a_folder_is_added_in_the_order_of_its_names(dataset):
    report = dataset.add_images_from_path("photos")
    assert (report.added, report.already_present, report.broken) == (6, 0, [])
    assert names(dataset)[:3] == ["photo-0.jpg", "photo-1.png", "photo-2.jpg"]
    assert [sample.width for sample in dataset] == [64, 72, 80, 88, 96, 104]


@pytest.mark.parametrize(
    "path", ["photos/photo-2.jpg", "photos/*-2.jpg", "photos/../photos/photo-2.*"]
)
def test_a_file_or_a_glob(dataset, photos, path):
    dataset.add_images_from_path(path)
    assert [sample.file_path_abs for sample in dataset] == [str(photos / "photo-2.jpg")]


def test_folders_inside_a_folder(dataset, photos):
    shutil.copytree(photos, photos / "more")
    assert dataset.add_images_from_path(photos, recursive=False).added == 6
    assert dataset.add_images_from_path(photos).added == 6


def test_sizes_are_those_of_the_upright_picture(dataset, photos):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 30)).save(photos / "turned.jpg", exif=exif)
    dataset.add_images_from_path(photos / "turned.jpg")
    assert (dataset.get_sample(0).width, dataset.get_sample(0).height) == (30, 40)


def test_what_is_there_is_skipped(dataset, photos):
    dataset.add_images_from_path(photos / "photo-1.png")
    dataset.get_sample(0).metadata["city"] = "Bern"
    report = dataset.add_images_from_path(photos)
    assert (report.added, report.already_present) == (5, 1)
    assert dataset.get_sample(0).metadata["city"] == "Bern"
    assert dataset.add_images_from_path(photos).already_present == 6
    assert len(dataset) == 6


def test_what_is_there_is_not_read_again(dataset, photos, monkeypatch):
    dataset.add_images_from_path(photos)
    monkeypatch.setattr(images, "read_header", None)
    assert dataset.add_images_from_path(photos).added == 0


def test_a_limit_counts_images_from_the_first(dataset, photos):
    assert dataset.add_images_from_path(photos, limit=2).added == 2
    report = dataset.add_images_from_path(photos, limit=3)
    assert (report.added, report.already_present) == (1, 2)


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_is_at_least_one(dataset, limit):
    with pytest.raises(ValueError, match=f"limit={limit}"):
        dataset.add_images_from_path("photos", limit=limit)


def test_broken_files_are_reported_and_left_out(dataset, photos, broken_photos):
    report = dataset.add_images_from_path(photos)
    reasons = {path.removeprefix(f"{photos}/"): reason for path, reason in report.broken}
    assert reasons.keys() == broken_photos.keys()
    assert all(broken_photos[name] in reason for name, reason in reasons.items())
    assert (report.added, len(dataset)) == (6, 6)


def test_the_report_reads_well(dataset, photos, broken_photos):
    text = repr(dataset.add_images_from_path(photos))
    assert text.startswith("added 6, already present 0, broken 3\n")
    assert f"{photos}/empty.jpg: empty file" in text


def test_a_long_report_is_cut():
    broken = [(f"/photos/{number}.jpg", "empty file") for number in range(1200)]
    assert repr(fg.IngestReport(0, 5, broken)).endswith("4.jpg: empty file\n  ... and 1,195 more")


def test_nothing_but_broken_files_is_an_error(dataset, photos, broken_photos):
    message = r"(?s)none of 1 images at .*empty\.jpg can be read:.*empty file"
    with pytest.raises(ValueError, match=message):
        dataset.add_images_from_path(photos / "empty.jpg")


def test_broken_files_beside_known_ones_are_no_error(dataset, photos, broken_photos):
    dataset.add_images_from_path(photos)
    report = dataset.add_images_from_path(photos)
    assert (report.added, report.already_present, len(report.broken)) == (0, 6, 3)


def test_a_missing_folder(dataset):
    with pytest.raises(FileNotFoundError, match="photso"):
        dataset.add_images_from_path("photso")


@pytest.mark.parametrize("files", [[], ["notes.txt", "labels.csv"]])
def test_a_folder_without_images(dataset, tmp_path, files):
    (tmp_path / "notes").mkdir()
    for file in files:
        (tmp_path / "notes" / file).touch()
    with pytest.raises(ValueError, match="notes"):
        dataset.add_images_from_path("notes")


def test_an_interrupted_ingest_adds_nothing(dataset, photos, monkeypatch):
    def interrupted(path):
        if path.endswith("photo-3.png"):
            raise KeyboardInterrupt
        return images.Header(64, 48, "JPEG")

    monkeypatch.setattr(images, "read_header", interrupted)
    before = dataset.revision
    with pytest.raises(KeyboardInterrupt):
        dataset.add_images_from_path(photos)
    assert (len(dataset), dataset.revision) == (0, before)


def test_images_added_meanwhile_are_not_added_twice(dataset, photos, monkeypatch):
    read_headers = sizes.read_headers

    def read_while_another_adds(paths, **options):
        monkeypatch.undo()
        monkeypatch.chdir(photos.parent)
        dataset.add_images_from_path(photos / "photo-0.jpg")
        return read_headers(paths, **options)

    monkeypatch.setattr("framegrid.dataset.ingest.ingest.read_headers", read_while_another_adds)
    report = dataset.add_images_from_path(photos)
    assert (report.added, report.already_present, len(dataset)) == (5, 1, 6)


def test_ids_go_on_where_they_stopped(dataset, photos):
    dataset.add_images_from_path(photos, limit=3)
    dataset.remove_samples([1, 2])
    dataset.add_images_from_path(photos)
    assert [sample.sample_id for sample in dataset] == [0, 3, 4, 5, 6, 7]


def test_progress_is_silent_where_nobody_looks(dataset, photos, capfd):
    dataset.add_images_from_path(photos)
    assert capfd.readouterr() == ("", "")


# What else the report says


def test_camera_raw_beside_is_named(photos):
    for name in ("a.CR2", "b.cr2", "c.nef", "d.dng", "e.psd", "notes.txt", "metadata.csv"):
        (photos / name).write_bytes(b"whatever\n")
    with fg.ImageDataset.create("dataset") as dataset:
        report = dataset.add_images_from_path(photos)
        assert report.added == 6
        assert report.not_read == {".cr2": 2, ".nef": 1, ".dng": 1, ".psd": 1}
        assert "not read: 2 .cr2, 1 .dng, 1 .nef, 1 .psd (export camera RAW" in repr(report)
        assert dataset.add_images_from_path(photos / "photo-0.jpg").not_read == {}


@pytest.mark.parametrize("target", [".", "a.CR2", "*.CR2"])
def test_camera_raw_alone_is_named(tmp_path, target):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/a.CR2").write_bytes(b"whatever")
    with (
        fg.ImageDataset.create(tmp_path / "dataset") as dataset,
        pytest.raises(ValueError, match=r"0 of 1 files .*; not read: 1 \.cr2 \(export camera RAW"),
    ):
        dataset.add_images_from_path(tmp_path / "raw" / target)


def malformed(path):
    """A JPEG that Pillow opens with a warning of an index of pictures that makes no sense."""
    buffer = io.BytesIO()
    Image.new("RGB", (30, 20)).save(buffer, "JPEG")
    whole = buffer.getvalue()
    index = b"\xff\xe2\x00\x10MPF\0II*\0\x08\0\0\0\0\0"
    path.write_bytes(whole[:20] + index + b"\0" + whole[20:])


def test_warnings_of_files_are_in_the_report_and_not_on_the_terminal(photos, recwarn, capfd):
    for number in range(40):
        malformed(photos / f"malformed-{number:02}.jpg")
    with fg.ImageDataset.create("dataset") as dataset:
        report = dataset.add_images_from_path(photos)
        assert report.added == 46
        assert {Path(path).name for path, _ in report.warnings} == {
            f"malformed-{number:02}.jpg" for number in range(40)
        }
        assert any("malformed MPO" in text for _, text in report.warnings)
        assert f"warnings {len(report.warnings)}\n" in repr(report)
        dataset.add_exif_metadata()
    assert not recwarn.list
    assert capfd.readouterr().err == ""


def test_other_warnings_are_shown_while_images_are_read():
    with pytest.warns(UserWarning, match="mine"), images.collecting_warnings() as found:
        warnings.warn("mine", UserWarning, stacklevel=1)
    assert found == []
