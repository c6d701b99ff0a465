"""What the detail view says of where a picture is."""

import framegrid as fg
from archive_files import picture, write_zip


def test_a_member_of_an_archive_has_a_place(tmp_path, browser_of):
    path = write_zip(tmp_path / "photos.zip", {"cats/a.png": picture()})
    with fg.ImageDataset.create(tmp_path / "dataset") as dataset:
        dataset.add_images_from_path(path, progress=False)
        reply, _, _ = browser_of(dataset).ask("sample", sample_id=0)
    assert reply["ok"]["fields"] == [
        ["sample_id", 0],
        ["file_name", "a.png"],
        ["place", "cats/a.png in photos.zip"],
        ["file_path_abs", f"zip://cats/a.png::{path}"],
        ["width", 96],
        ["height", 64],
    ]


def test_a_file_has_its_path(dataset, browser):
    reply, _, _ = browser.ask("sample", sample_id=0)
    names = [name for name, _ in reply["ok"]["fields"]]
    assert names == ["sample_id", "file_name", "file_path_abs", "width", "height"]
