"""Images, archives, Parquet files and datasets in one folder."""

import zipfile

import pytest

import framegrid as fg
from picture_tables import cells, jpeg_of, write_parquet


@pytest.fixture
def folder(photos):
    """Images in a folder, with other files that have images in them."""
    with zipfile.ZipFile(photos / "more.zip", "w") as archive:
        archive.writestr("0.jpg", jpeg_of(1))
    for number in range(2):
        write_parquet(photos / f"{number}.parquet", image=cells(1))
    return photos


def test_what_is_beside_images_is_told_with_what_to_do(folder):
    with fg.ImageDataset.create(folder / "saved") as dataset:
        report = dataset.add_images_from_path(folder)
        assert report.added == 6
        assert report.not_read == {".parquet": 2, ".zip": 1}
        assert "1 .zip (add archives by their own paths)" in str(report)
        assert "2 .parquet (if there are pictures in them, add Parquet files by" in str(report)
        assert dataset.add_images_from_path(folder / "*.parquet").added == 2
        assert dataset.add_images_from_path(folder / "*.zip").added == 1


def test_a_dataset_among_parquet_files_is_none_of_them(tmp_path):
    write_parquet(tmp_path / "data/0.parquet", image=cells(1))
    with fg.ImageDataset.create(tmp_path / "data/saved") as dataset:
        dataset.add_images([jpeg_of(2)])
        report = dataset.add_images_from_path(tmp_path / "data")
        assert (report.added, report.broken, report.not_read) == (1, [], {})
