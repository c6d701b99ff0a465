"""Adding the images of archives: zips of folders, tars, WebDataset shards, and hostile ones."""

import gzip
import json
from pathlib import Path

import fsspec
import pandas as pd
import pytest

import framegrid as fg
from archive_files import picture, tar_info, write_tar, write_zip

LONG = 60


@pytest.fixture
def dataset(tmp_path):
    with fg.ImageDataset.create(tmp_path / "dataset") as dataset:
        yield dataset


def add(dataset, path, **options):
    return dataset.add_images_from_path(path, progress=False, **options)


def shard(path, numbers, **more):
    members = {}
    for number in numbers:
        members[f"{number:04d}.jpg"] = picture(number % 3, "JPEG")
        members[f"{number:04d}.json"] = json.dumps({"score": number / 2, "box": [1, 2]}).encode()
        members[f"{number:04d}.cls"] = b"%d" % (number % 4)
        members[f"{number:04d}.txt"] = f"picture {number}\n".encode()
    return write_tar(path, members | more)


def test_members_of_one_stem_are_one_sample(dataset, tmp_path):
    path = shard(tmp_path / "a.tar", range(4))
    report = add(dataset, path)
    assert (report.added, report.broken, report.archives) == (4, [], [])
    assert dataset.schema == {"score": "float", "box": "list", "cls": "integer", "txt": "string"}
    sample = dataset.get_sample(3)
    assert sample.metadata == {"score": 1.5, "box": [1, 2], "cls": 3, "txt": "picture 3"}
    assert (sample.file_name, sample.width, sample.height) == ("0003.jpg", 96, 64)
    assert sample.file_path_abs == f"tar://0003.jpg::{path}"
    assert sample.open().size == (96, 64)
    assert "score: on 4" in str(report.metadata) or "on 4 of 4" in str(report)


def test_adding_again_adds_nothing_and_changes_nothing(dataset, tmp_path):
    path = shard(tmp_path / "a.tar", range(4))
    add(dataset, path)
    dataset.get_sample(0).metadata["txt"] = "mine"
    report = add(dataset, path)
    assert (report.added, report.already_present) == (0, 4)
    assert dataset.get_sample(0).metadata["txt"] == "mine"


def test_shards_of_a_folder_a_glob_and_a_list(tmp_path):
    (tmp_path / "shards").mkdir()
    shards = [shard(tmp_path / f"shards/s-{n}.tar", range(3 * n, 3 * n + 3)) for n in (10, 9)]
    for path in (tmp_path / "shards", tmp_path / "shards/s-*.tar", shards):
        with fg.ImageDataset.create(tmp_path / f"{len(str(path))}") as dataset:
            assert add(dataset, path).added == 6
            numbers = [int(name[:4]) for name in dataset.df["file_name"]]
            assert sorted(numbers) == [27, 28, 29, 30, 31, 32]
            assert dataset.df["folder"].nunique() == 2


def test_shards_are_in_natural_order(dataset, tmp_path):
    (tmp_path / "shards").mkdir()
    for number in (10, 9):
        shard(tmp_path / f"shards/s-{number}.tar", range(2))
    add(dataset, tmp_path / "shards")
    assert [path.rpartition("/")[2] for path in dataset.df["file_path_abs"]] == [
        *["s-9.tar"] * 2,
        *["s-10.tar"] * 2,
    ]


def test_a_zip_of_folders(dataset, tmp_path):
    names = ["cats/2.png", "cats/10.png", "top.png", "dogs/a b/é.png", "dogs/1.JPG"]
    others = ["__MACOSX/cats/._2.png", ".hidden/a.png", "cats/.b.png", "readme.txt", "cats/a.nef"]
    path = write_zip(
        tmp_path / "photos.zip", {**{n: picture() for n in names}, **dict.fromkeys(others, b"x")}
    )
    report = add(dataset, path)
    assert report.added == 5
    assert report.broken == []
    assert report.not_read == {".nef": 1}
    assert dataset.df["file_name"].tolist() == ["top.png", "2.png", "10.png", "1.JPG", "é.png"]
    assert dataset.df["folder"].tolist() == ["", "cats", "cats", "dogs", "dogs/a b"]


def test_the_top_folder_of_an_archive_alone(dataset, tmp_path):
    path = write_zip(tmp_path / "a.zip", {"top.png": picture(), "in/side.png": picture()})
    assert add(dataset, path, recursive=False).added == 1
    assert add(dataset, path, limit=1).already_present == 1
    assert add(dataset, path).added == 1


def test_further_pictures_of_a_sample_are_counted(dataset, tmp_path):
    members = {}
    for number in range(3):
        members |= {f"{number}.seg.png": picture(1), f"{number}.jpg": picture(0, "JPEG")}
    path = write_tar(tmp_path / "a.tar", members)
    report = add(dataset, path)
    assert dataset.df["file_name"].tolist() == ["0.jpg", "1.jpg", "2.jpg"]
    assert report.archives == [
        (
            str(path),
            "left out as a further picture of a sample, by what follows its name: 3 .seg.png",
        )
    ]


def test_names_with_more_dots_are_images_of_their_own(dataset, tmp_path):
    names = ["7.left.png", "7.right.png", "2024.01.02-a.png", "2024.01.03-b.png"]
    path = write_tar(tmp_path / "a.tar", {**dict.fromkeys(names, picture()), "7.cls": b"3"})
    report = add(dataset, path)
    assert report.added == 4
    assert report.archives == []
    assert dataset.df.set_index("file_name")["cls"].dropna().to_dict() == {
        "7.left.png": 3,
        "7.right.png": 3,
    }


BAD_JSON = {
    "cut": b'{"score": 1',
    "no object": b"[1, 2]",
    "no text": b"\xff\xfe\x00",
    "deep": b"[" * 100_000,
    "long": b'{"a": "' + b"x" * (1 << 20) + b'"}',
    "number": b"9" * 5000,
}


@pytest.mark.parametrize("kind", BAD_JSON)
def test_metadata_that_cannot_be_read_is_counted_and_costs_no_image(dataset, tmp_path, kind):
    path = shard(tmp_path / "a.tar", range(3), **{"0001.json": BAD_JSON[kind]})
    report = add(dataset, path)
    assert report.added == 3
    ((locator, reason),) = report.broken
    assert locator == f"tar://0001.json::{path}"
    assert reason.startswith("not read: ")
    assert len(reason) < 400
    assert dataset.get_sample(1).metadata == {"cls": 1, "txt": "picture 1"}
    assert dataset.get_sample(2).metadata["score"] == 1.0


def test_classes_that_are_no_numbers_are_text(dataset, tmp_path):
    members = {}
    for number, name in enumerate([b"cat", b"dog", b"7"]):
        members |= {f"{number}.png": picture(), f"{number}.cls": name}
    add(dataset, write_tar(tmp_path / "a.tar", members))
    assert dataset.df["cls"].tolist() == ["cat", "dog", "7"]


def test_keys_of_json_that_are_built_in_are_left_out_by_name(dataset, tmp_path):
    values = {"width": 5, "file_name": "x", "file_path_abs": "/etc/passwd", "sample_id": 9, "k": 1}
    path = write_tar(
        tmp_path / "a.tar", {"1.png": picture(), "1.json": json.dumps(values).encode()}
    )
    report = add(dataset, path)
    assert dataset.get_sample(0).file_path_abs == f"tar://1.png::{path}"
    assert dataset.get_sample(0).metadata == {"k": 1}
    assert "'width' is left out: it is built in" in str(report)


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_table_of_metadata_in_a_zip_is_told(dataset, tmp_path, ending):
    path = write_zip(tmp_path / "a.zip", {"in/a.png": picture(), f"in/metadata.{ending}": b"x"})
    ((archive, note),) = add(dataset, path).archives
    assert archive == str(path)
    call = f"dataset.update_metadata_from_{ending.removesuffix('l')}(path)"
    assert note == f"in/metadata.{ending} is not read: unpack it, then {call}"
    assert hasattr(dataset, f"update_metadata_from_{ending.removesuffix('l')}")


# Damage


def test_damaged_members_are_in_the_report(dataset, tmp_path):
    path = tmp_path / "a.tar"
    link = tar_info("link.png", kind=b"2", linkname="/etc/passwd")
    members = [("a.png", picture()), ("bad.png", b"no image"), ("link.png", link), ("e.png", b"")]
    write_tar(path, members)
    report = add(dataset, path)
    assert report.added == 1
    assert {name.partition("::")[0]: reason for name, reason in report.broken} == {
        "tar://bad.png": "not an image: no known format",
        "tar://e.png": "empty file (0 bytes)",
        "tar://link.png": "a link: only what lies in an archive itself is read",
    }


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_of_an_archive_that_is_cut_off_the_rest_is_taken(dataset, tmp_path, kind):
    write = {"tar": write_tar, "zip": write_zip}[kind]
    path = write(tmp_path / f"a.{kind}", {f"{n}.png": picture(n) for n in range(6)})
    data = path.read_bytes()
    path.write_bytes(data[: data.find(b"4.png") + (700 if kind == "tar" else 100)])
    report = add(dataset, path)
    assert report.added == 4
    assert "cut off" in str(report)
    assert [name for name, _ in report.archives] == [str(path)]


def test_a_member_with_a_password_is_in_the_report(dataset, tmp_path):
    path = write_zip(tmp_path / "a.zip", {"a.png": picture(), "b.png": picture()})
    data = bytearray(path.read_bytes())
    for sign, place in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        data[data.find(sign) + place] |= 1
    path.write_bytes(data)
    report = add(dataset, path)
    assert report.added == 1
    assert report.broken == [(f"zip://a.png::{path}", "needs a password: unpack the archive first")]


def test_an_archive_that_is_none_costs_no_other(dataset, tmp_path):
    (tmp_path / "shards").mkdir()
    shard(tmp_path / "shards/a.tar", range(2))
    (tmp_path / "shards/b.tar").write_bytes(b"no tar" * 999)
    packed = gzip.compress((tmp_path / "shards/a.tar").read_bytes())
    (tmp_path / "shards/c.tar").write_bytes(packed)
    (tmp_path / "shards/d.tar.gz").write_bytes(packed)
    report = add(dataset, tmp_path / "shards")
    assert report.added == 2
    reasons = {name.rpartition("/")[2]: reason for name, reason in report.broken}
    assert reasons["b.tar"] == "not a tar"
    assert "decompress it to a .tar" in reasons["c.tar"]
    assert "not read: 1 .gz (unpack them, or make a .tar or .zip of them)" in str(report)


NO_ARCHIVES = {
    "no zip": ("a.zip", b"no zip", "not a zip"),
    "no tar": ("a.tar", b"no tar", "not a tar"),
    "packed": ("a.tar", gzip.compress(b"x" * 5000), r"compressed by gzip: .* to a \.tar"),
    "named so": ("a.tar.gz", gzip.compress(b"x"), r"unpack them, or make a \.tar or \.zip of them"),
    "other": ("a.rar", b"Rar!", r"unpack them, or make a \.tar or \.zip of them"),
    "empty": ("a.zip", b"", "empty file"),
}


@pytest.mark.parametrize("kind", NO_ARCHIVES)
def test_an_archive_without_any_image_is_one_clear_error(dataset, tmp_path, kind):
    name, data, message = NO_ARCHIVES[kind]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ValueError, match=message):
        add(dataset, tmp_path / name)
    assert len(dataset) == 0


def test_an_archive_without_pictures_says_so(dataset, tmp_path):
    path = write_zip(tmp_path / "a.zip", {"a.txt": b"x", "b.nef": b"y"})
    with pytest.raises(ValueError, match=r"no image in .*a\.zip.*\.jpg.*not read: 1 \.nef"):
        add(dataset, path)


def test_names_that_lead_out_are_counted(dataset, tmp_path):
    members = [("../../up.png", picture()), ("/etc/abs.png", picture()), ("in.png", picture())]
    report = add(dataset, write_tar(tmp_path / "a.tar", members))
    assert dataset.df["file_name"].tolist() == ["in.png"]
    ((_, note),) = report.archives
    assert note == "left out 2 with a name that leads out of the archive, or none: '../../up.png'"


ODD_NAMES = [
    *("a::b.png", "a%3Ab.png", "a%25.png", "x:.png", "a b#?&.png", "é日本.png", "tab\tline\n.png"),
    *("a/b::c/d.png", "%2e%2e/x.png", "~/x.png", "-rf.png", "trailing. /x.png", "zip:/x.png"),
]


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_members_may_have_any_name(dataset, tmp_path, kind):
    write = {"tar": write_tar, "zip": write_zip}[kind]
    path = write(tmp_path / f"we::ird %3A.{kind}", dict.fromkeys(ODD_NAMES, picture()))
    report = add(dataset, path)
    assert (report.added, report.broken, report.archives) == (len(ODD_NAMES), [], [])
    assert all(sample.open().size == (96, 64) for sample in dataset)
    assert sorted(dataset.df["file_name"]) == sorted(n.rpartition("/")[2] for n in ODD_NAMES)
    assert dataset.check_images(progress=False).empty
    assert add(dataset, path).already_present == len(ODD_NAMES)
    exported = dataset.export_images(tmp_path / "out")
    inside = [Path(place).is_relative_to(tmp_path / "out") for place in exported["file_path_abs"]]
    assert inside == [True] * len(ODD_NAMES)


def test_archives_beside_images_are_counted(dataset, tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/a.png").write_bytes(picture())
    write_zip(tmp_path / "photos/more.zip", {"b.png": picture()})
    report = add(dataset, tmp_path / "photos")
    assert report.added == 1
    assert "not read: 1 .zip (add archives by their own paths)" in str(report)


# Elsewhere


def test_shards_on_object_storage(tmp_path):
    memory = fsspec.filesystem("memory")
    for number in range(2):
        data = shard(tmp_path / "a.tar", range(3 * number, 3 * number + 3)).read_bytes()
        memory.pipe_file(f"/bucket/shards/s-{number}.tar", data)
    try:
        with fg.ImageDataset.create(tmp_path / "dataset") as dataset:
            assert add(dataset, "memory://bucket/shards").added == 6
            assert dataset.get_sample(4).metadata["txt"] == "picture 4"
            assert dataset.get_sample(4).open().size == (96, 80)
    finally:
        memory.store.clear()


def test_exports_write_members_by_their_names(dataset, tmp_path):
    files = {"cats/1.png": picture(0), "cats/2.png": picture(1), "1.png": picture(2)}
    add(dataset, write_zip(tmp_path / "a.zip", files))
    dataset.export_images(tmp_path / "out")
    written = {
        path.relative_to(tmp_path / "out").as_posix(): path.read_bytes()
        for path in (tmp_path / "out").rglob("*.png")
    }
    assert written == {  # folders only where names are equal, as of files
        "cats/1.png": picture(0),
        "2.png": picture(1),
        "1.png": picture(2),
    }


def test_an_archive_that_moved_is_followed(dataset, tmp_path):
    for place in ("old", "new"):
        (tmp_path / place).mkdir()
    path = shard(tmp_path / "old/a.tar", range(3))
    add(dataset, path)
    path.rename(tmp_path / "new/a.tar")
    with pytest.warns(UserWarning, match="seem to have moved"):
        report = add(dataset, tmp_path / "new/a.tar")
    assert report.moved == [(str(tmp_path / "old"), str(tmp_path / "new"), 3)]
    dataset.relink(*report.moved[0][:2])
    assert dataset.get_sample(1).open().size == (96, 80)
    assert add(dataset, tmp_path / "new/a.tar").already_present == 3


def test_members_of_a_zip_of_a_folder_that_is_gone_are_new(dataset, tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/a.png").write_bytes(picture())
    add(dataset, tmp_path / "photos")
    (tmp_path / "photos/a.png").unlink()
    report = add(dataset, write_zip(tmp_path / "photos.zip", {"a.png": picture()}))
    assert (report.added, report.moved) == (1, [])


def test_a_replaced_archive_is_noticed(dataset, tmp_path):
    path = write_zip(tmp_path / "a.zip", {"a.png": picture(0), "b.png": picture(1)})
    add(dataset, path)
    write_zip(tmp_path / "b.zip", {"a.png": picture(2)}).replace(path)
    problems = dataset.check_images(progress=False)
    assert problems["problem"].tolist() == ["replaced", "gone"]
    dataset.read_sizes(changed=True, progress=False)
    assert dataset.get_sample(0).height == 96


def test_metadata_goes_by_the_names_of_members(dataset, tmp_path):
    add(dataset, write_zip(tmp_path / "a.zip", {"cats/1.png": picture(), "dogs/1.png": picture()}))
    frame = pd.DataFrame({"file_name": ["cats/1.png", "dogs/1.png"], "label": ["cat", "dog"]})
    dataset.import_metadata(frame, on="file_name")
    assert dataset.df["label"].tolist() == ["cat", "dog"]


def test_archives_are_shown_in_one_call(tmp_path):
    (tmp_path / "shards").mkdir()
    shards = [shard(tmp_path / f"shards/{n}.tar", [n]) for n in range(3)]
    photos = write_zip(tmp_path / "photos.zip", {"a.png": picture(), "b.png": picture()})
    for data, count in [
        (photos, 2),
        (str(photos), 2),
        (tmp_path / "shards", 3),
        (tmp_path / "shards/*.tar", 3),
        (shards, 3),
        ([*map(str, shards), photos], 5),
    ]:
        assert len(fg.show(data).dataset) == count
    dataset = fg.show(shards).dataset
    assert dataset.df["txt"].tolist() == ["picture 0", "picture 1", "picture 2"]
    dataset.save(tmp_path / "saved")
    dataset.close()
    with fg.ImageDataset.load(tmp_path / "saved") as again:
        assert again.get_sample(2).open().size == (96, 96)


def test_what_is_left_out_of_an_archive_that_is_shown_is_told(tmp_path):
    path = write_tar(tmp_path / "a.tar", {"1.jpg": picture(0, "JPEG"), "1.seg.png": picture()})
    with pytest.warns(UserWarning, match=r"(?s)not all of .*a\.tar.* is here: .*1 \.seg\.png"):
        fg.show(path)
