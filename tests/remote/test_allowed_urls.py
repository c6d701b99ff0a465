"""Which buckets are asked for anything: those that the user named, whatever a dataset says."""

import os
import pickle
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import fsspec
import pandas as pd
import pytest

import framegrid as fg
from framegrid import remote
from framegrid.base import BrokenImageError, UrlNotAllowedError
from framegrid.images import Portable, apply_each
from framegrid.images.thumbnails.making import Thumbnails
from framegrid.remote import permission
from object_store import jpeg
from thumbnails_helpers import ask

pytestmark = pytest.mark.usefixtures("nothing_allowed")


@pytest.fixture
def requests(monkeypatch):
    """The protocols of the stores that were asked for anything."""
    asked = []
    filesystem = fsspec.filesystem

    def ask(protocol, **options):
        asked.append(protocol)
        return filesystem(protocol, **options)

    monkeypatch.setattr(fsspec, "filesystem", ask)
    return asked


def in_another_process(code, *args, **env):
    """Run code in a Python of its own, and give what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, framegrid as fg\n{code}", *args],
        capture_output=True,
        text=True,
        env=os.environ | env,
        check=False,
    )
    assert not done.returncode, done.stderr
    return done.stdout.strip()


INSIDE = [
    ("s3://photos", "s3://photos/a.jpg"),
    ("s3://photos/", "s3://photos/deep/a.jpg"),
    ("s3://photos/", "s3a://photos/a.jpg"),
    ("S3://photos", "s3:///photos//a.jpg"),
    ("s3://photos/2024", "s3://photos/2024/a.jpg"),
    ("s3://photos/2024/", "s3://photos/2024"),
    ("s3://photos/a.jpg", "s3://photos/a.jpg"),
    ("s3://photos/", "s3://photos/a..b/..c.jpg"),
    ("gs://photos/", "gcs://photos/100%.jpg"),
]
OUTSIDE = [
    ("s3://photos", "s3://photos-evil/a.jpg"),
    ("s3://photos", "s3://photos.evil/a.jpg"),
    ("s3://photos", "s3://photo/a.jpg"),
    ("s3://photos", "s3://Photos/a.jpg"),
    ("s3://photos", "gs://photos/a.jpg"),
    ("s3://photos", "s3://evil/s3://photos/a.jpg"),
    ("s3://photos", "s3://evil/photos/a.jpg"),
    ("s3://photos", "s3://photos\\evil/a.jpg"),
    ("s3://photos", "s3://photos%2f/a.jpg"),
    ("s3://photos", "s3://photos?/a.jpg"),
    ("s3://photos", "s3:// photos/a.jpg"),
    ("s3://photos", "s3://photos/../evil/a.jpg"),
    ("s3://photos/2024", "s3://photos/2024-evil/a.jpg"),
    ("s3://photos/2024", "s3://photos/2024/../a.jpg"),
    ("s3://photos/2024", "s3://photos/2024/%2e%2e/a.jpg"),
    ("s3://photos/2024", "s3://photos/2024/%252e%252e%252fa.jpg"),
    ("s3://photos/2024", "s3://photos/2024/..\\a.jpg"),
    ("s3://photos/2024", "s3://photos/a.jpg"),
    ("s3://photos/2024", "s3://photos"),
]


@pytest.mark.parametrize(("prefix", "url"), INSIDE)
def test_what_begins_with_all_parts_of_a_prefix_is_allowed(prefix, url):
    with pytest.raises(UrlNotAllowedError):
        permission.check(url)
    fg.allow_urls(prefix)
    permission.check(url)


@pytest.mark.parametrize(("prefix", "url"), OUTSIDE)
def test_nothing_else_is(prefix, url, requests):
    fg.allow_urls(prefix)
    for look in (remote.status, remote.read, lambda url: remote.open_object(url, 1)):
        with pytest.raises(UrlNotAllowedError, match=r"is not opened|not allowed yet"):
            look(url)
    assert not requests


WEB = ["HTTPS://Host.example", "https://host.example/", "https://host.example:443/"]


def test_a_web_host_has_one_spelling():
    fg.allow_urls(*WEB)
    assert fg.allow_urls() == ["https://host.example/"]
    assert permission.is_allowed("https://host.example/a.jpg?size=1")
    for url in ("https://host.example.evil/a.jpg", "https://evil/host.example/"):
        assert not permission.is_allowed(url)
    for url in ("https://host.example@evil/a.jpg", "https://host.example\\@evil/a.jpg"):
        with pytest.raises(ValueError, match="names no host"):
            permission.check(url)
    with pytest.raises(ValueError, match="https:// is not opened, only object storage"):
        remote.read("https://host.example/a.jpg")


@pytest.mark.parametrize(
    "text",
    ["", "photos", "s3://", "s3:///", "https://", "https://a b/", "s3://*/", "s3://ph*/", "http://a/",
     "file:///", "s3://me@photos/", "https://me@host/", "s3://photos/../", "s3://a\nb/", 7],
)  # fmt: skip
def test_what_names_no_place_is_refused(text):
    with pytest.raises(ValueError, match=r"names no|is not opened|names an account"):
        fg.allow_urls("s3://good/", text)
    assert fg.allow_urls() == []


def test_what_is_allowed_is_remembered_and_forgotten(tmp_path):
    fg.allow_urls("s3://b/", "s3://a", "https://host/x")
    listed = ["https://host/x/", "s3://a/", "s3://b/"]
    assert fg.allow_urls() == listed
    assert in_another_process("print(*fg.allow_urls())") == " ".join(listed)
    in_another_process("fg.allow_urls('s3://c', forget=['s3://a', 's3://b/'])")
    assert permission.remembered.prefixes() == {"https://host/x/", "s3://c/"}
    assert fg.allow_urls(forget="s3://a/") == ["https://host/x/", "s3://b/", "s3://c/"]
    with pytest.raises(ValueError, match="'s3://other/' is not allowed anyway; allowed are https"):
        fg.allow_urls(forget="s3://other")
    (file,) = (path for path in (tmp_path / "cache").iterdir() if path.name == "allowed-urls")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_processes_do_not_forget_for_one_another():
    code = "[fg.allow_urls(f's3://bucket-{sys.argv[1]}-{n}') for n in range(20)]"
    running = [
        subprocess.Popen(
            [sys.executable, "-c", f"import sys, framegrid as fg; {code}", str(number)]
        )
        for number in range(6)
    ]
    assert not any(process.wait() for process in running)
    assert len(fg.allow_urls()) == 120


@pytest.mark.parametrize("text", [b"", b"\xff\xfe", b"s3://a", b"nonsense\ns3://\n\ns3://b/\n"])
def test_a_damaged_file_allows_only_what_is_whole(tmp_path, text):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache/allowed-urls").write_bytes(text)
    assert fg.allow_urls() == (["s3://b/"] if b"b" in text else [])


@pytest.fixture
def no_cache(tmp_path):
    """No folder in which anything could be remembered."""
    (tmp_path / "cache").write_text("in the way")


@pytest.mark.usefixtures("no_cache")
def test_what_cannot_be_remembered_holds_here():
    with pytest.warns(RuntimeWarning, match="for this process only"):
        fg.allow_urls("s3://a/")
    assert fg.allow_urls() == ["s3://a/"]
    with pytest.warns(RuntimeWarning):
        assert fg.allow_urls(forget="s3://a/") == []


# A stranger's dataset


EVIL = "s3://strangers-bucket/a.jpg"


@pytest.fixture
def strange(tmp_path, photos):
    """A dataset that somebody sent, of a picture here and one in a bucket of theirs."""
    frame = pd.DataFrame({"path": [str(photos / "photo-0.jpg"), EVIL]})
    dataset = fg.ImageDataset.from_dataframe(frame.assign(width=1, height=1), "path")
    dataset.save(tmp_path / "strange")
    return dataset


def thumbnails(paths, folder):
    with closing(Thumbnails(folder)) as pool:
        made = ask(pool, paths).wait().answers
        pictures = [pool.picture(path, 100, 10_000) for path in paths]
        errors = [picture.exception(60) for picture in pictures]
    return {answer.index: answer.error for answer in made}, errors


def test_a_strangers_dataset_reaches_nobody(strange, requests, tmp_path):
    call = r"fg\.allow_urls\('s3://strangers-bucket/'\)"
    with fg.ImageDataset.load(strange.path) as dataset:
        with pytest.raises(BrokenImageError, match=call):
            dataset.get_sample(1).open()
        with pytest.raises(UrlNotAllowedError, match=call):
            dataset.export_images(tmp_path / "out")
        report = dataset.compute_metadata(lambda image: {"wide": image.width})
        assert report.computed == 1
        assert "fg.allow_urls('s3://strangers-bucket/')" in repr(report)
        tiles, pictures = thumbnails(dataset.df["file_path_abs"].tolist(), tmp_path / "thumbnails")
        assert tiles[0] is None
        for text in (tiles[1], str(pictures[1])):
            assert "fg.allow_urls('s3://strangers-bucket/')" in text
    assert not requests
    assert fg.allow_urls() == []


def test_the_call_that_is_named_runs_nothing_else():
    with pytest.raises(UrlNotAllowedError) as error:
        permission.check("s3://x'),print('run'),fg.allow_urls('s3://y/a.jpg")
    call = str(error.value).partition(": ")[2].rpartition("; ")[0]
    shown = []
    eval(call, {"print": shown.append, "fg": type("fg", (), {"allow_urls": lambda *_: None})})
    assert not shown


def test_a_very_long_name_is_not_told():
    with pytest.raises(UrlNotAllowedError) as error:
        permission.check(f"s3://{'x' * 100_000}/a.jpg")
    assert len(str(error.value)) < 400


# What the user names


NAMED = {
    "create": lambda url, _: fg.ImageDataset.create(f"{url}/new").close(),
    "load": lambda url, _: fg.ImageDataset.load(f"{url}/there").close(),
    "load_or_create": lambda url, _: fg.ImageDataset.load_or_create(f"{url}/there").close(),
    "save": lambda url, dataset: dataset.save(f"{url}/copy"),
    "add": lambda url, dataset: dataset.add_images_from_path(f"{url}/photos"),
    "relink": lambda url, dataset: dataset.relink(
        Path(dataset.path).parent / "photos", url + "/all"
    ),
    "import": lambda url, dataset: dataset.update_metadata_from_json(f"{url}/labels.json"),
}


@pytest.mark.parametrize("named", NAMED.values(), ids=NAMED)
def test_what_a_call_names_is_allowed_from_then_on(bucket, photos, tmp_path, named):
    fg.ImageDataset.create(bucket.url("there")).close()
    bucket.put("labels.json", b'{"photo-0.jpg": {"label": "a"}}')
    for file in photos.iterdir():
        bucket.put(f"photos/{file.name}", jpeg(4, 3))
        bucket.put(f"all/{file.name}", jpeg(4, 3))
    prefix = bucket.url("")
    fg.allow_urls(forget=prefix)
    with fg.ImageDataset.create(tmp_path / "own") as dataset:
        dataset.add_images_from_path(photos)
        named(prefix.rstrip("/"), dataset)
    assert fg.allow_urls() == [prefix]
    assert in_another_process("print(*fg.allow_urls())") == prefix


# What travels


ASK = """
import pickle
outcomes = pickle.loads(open(sys.argv[1], "rb").read())
print(outcomes[0](*outcomes[1:]), fg.allow_urls())
"""


def test_what_is_allowed_travels_with_a_job_and_stays_with_it(bucket, tmp_path):
    url = bucket.put("a.jpg", jpeg(4, 3))
    job = (apply_each, Portable(lambda image: {"wide": image.width}), [url])
    (tmp_path / "job").write_bytes(pickle.dumps(job))
    elsewhere = {"FRAMEGRID_CACHE_DIR": str(tmp_path / "elsewhere")}
    told = in_another_process(ASK, str(tmp_path / "job"), **elsewhere)
    assert told == "[{'wide': 4}] []"
    fg.allow_urls(forget=bucket.url(""))
    (tmp_path / "job").write_bytes(pickle.dumps(job))
    told = in_another_process(ASK, str(tmp_path / "job"), **elsewhere)
    assert "fg.allow_urls" in told


@pytest.mark.usefixtures("no_cache")
def test_what_is_allowed_travels_to_the_workers(bucket, tmp_path):
    url = bucket.put("a.jpg", jpeg(4, 3))
    assert fg.allow_urls() == [bucket.url("")]
    tiles, pictures = thumbnails([url], tmp_path / "thumbnails")
    assert (tiles, pictures) == ({0: None}, [None])
