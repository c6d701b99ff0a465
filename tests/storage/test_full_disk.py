"""Real disks without room: nothing is lost, and the message says what was not saved, and where."""

import errno
import resource
import subprocess
from contextlib import contextmanager, suppress

import pandas as pd
import pytest

import framegrid as fg

SAMPLES = 50


@pytest.fixture
def tmpfs(tmp_path):
    """A disk of 1 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=False
    ).returncode:
        pytest.skip("mounting a small disk takes root, and a container that allows it")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


@contextmanager
def filled(disk):
    """Leave no byte of the disk free."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    yield
    filler.unlink()


@contextmanager
def limited(dataset):
    """Let no file grow larger than the journal is, which a full disk or a quota looks like."""
    size = dataset.path.with_name(f"{dataset.path.name}.journal").stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def create(folder):
    frame = pd.DataFrame({"path": [f"/photos/{number}.jpg" for number in range(SAMPLES)]})
    dataset = fg.ImageDataset.from_dataframe(frame.assign(width=64, height=48, rank=0))
    dataset.save(folder / "photos")
    dataset.get_sample(0).metadata["rank"] = 1
    return dataset


def ranks(dataset):
    return dataset.df["rank"].tolist()


def check_refusals(dataset):
    """Neither single edits nor bulk updates nor snapshots are half made."""
    sample, many = (
        dataset.get_sample(0),
        {id_: {"rank": 7, "note": "x" * 200} for id_ in range(SAMPLES)},
    )
    edits = [
        lambda: [sample.metadata.update(note="x" * 200) for _ in range(100)],
        lambda: dataset.update_metadata(many),
        lambda: dataset.remove_samples(range(1, SAMPLES)),
    ]
    for edit in edits:
        with pytest.raises(OSError, match=r"edit NOT saved: .*photos\.parquet\.journal") as error:
            edit()
        assert error.value.errno in {errno.ENOSPC, errno.EFBIG}
        assert ranks(dataset) == [1] + [0] * (SAMPLES - 1)
        with fg.ImageDataset.load(dataset.path) as other:
            assert other.df.equals(dataset.df)
            other._connection.store.is_closed = True


def check_snapshot(dataset):
    """A snapshot that does not fit leaves everything as it was."""
    before = dataset.path.read_bytes()
    with pytest.raises(OSError, match=r"photos\.parquet"):
        dataset.save()
    assert dataset.path.read_bytes() == before
    assert not list(dataset.path.parent.glob("*.tmp"))


def check_that_all_is_well(dataset):
    dataset.get_sample(0).metadata["rank"] = 2
    dataset.close()
    assert pd.read_parquet(dataset.path)["rank"].tolist() == [2] + [0] * (SAMPLES - 1)


def test_a_full_disk_loses_nothing(tmpfs):
    dataset = create(tmpfs)
    with filled(tmpfs):
        check_refusals(dataset)
        check_snapshot(dataset)
    check_that_all_is_well(dataset)


def test_a_limit_on_files_loses_nothing(tmp_path):
    dataset = create(tmp_path)
    with limited(dataset):
        check_refusals(dataset)
        check_snapshot(dataset)
    check_that_all_is_well(dataset)


EXPORTS = {
    "csv": lambda dataset, path: dataset.to_csv(path),
    "coco": lambda dataset, path: dataset.to_coco(path),
    "page": lambda dataset, path: fg.Grid(dataset).save_html(path),
}


@pytest.mark.parametrize("export", EXPORTS.values(), ids=EXPORTS)
def test_an_export_to_a_full_disk_leaves_the_old_file(tmpfs, tmp_path, export):
    dataset, place = create(tmp_path), tmpfs / "out"
    place.write_text("old")
    place.chmod(0o600)
    with filled(tmpfs):
        with pytest.raises(OSError, match="out") as error:
            export(dataset, place)
        assert error.value.errno == errno.ENOSPC
        assert place.read_text() == "old"
        assert {path.name for path in tmpfs.iterdir()} == {"out", "filler"}
    export(dataset, place)
    assert place.read_text() != "old"
    assert place.stat().st_mode & 0o777 == 0o600


def test_an_image_that_does_not_fit_leaves_nothing(tmpfs, tmp_path, make_photos):
    with fg.ImageDataset.create(tmp_path / "photos") as dataset:
        dataset.add_images_from_path(make_photos(tmp_path / "images", 1))
        (tmpfs / "out").mkdir()
        with filled(tmpfs), pytest.raises(OSError, match="No space left"):
            dataset.export_images(tmpfs / "out")
        assert not list((tmpfs / "out").iterdir())
