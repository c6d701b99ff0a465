"""Object storage by URL, on a local S3 server and in memory."""

import builtins
import io

import fsspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import framegrid as fg
from framegrid import remote
from framegrid.remote import puts


@pytest.fixture(autouse=True)
def _allowed():
    fg.allow_urls("s3://bucket/", "s3://nobody-has-this/", "gs://bucket/", "az://bucket/")


@pytest.fixture
def objects(folder):
    for name in ("a.jpg", "b.jpg", "sub/c.jpg", ".hidden/d.jpg", "sub/.e.jpg"):
        remote.create(f"{folder}/{name}", name.encode())
    return folder


def names(folder, urls):
    return [url.removeprefix(f"{folder}/") for url in urls]


@pytest.mark.parametrize(
    ("asked", "recursive", "found"),
    [
        ("", True, ["a.jpg", "b.jpg", "sub/c.jpg"]),
        ("/", False, ["a.jpg", "b.jpg"]),
        ("/a.jpg", True, ["a.jpg"]),
        ("/*.jpg", True, ["a.jpg", "b.jpg"]),
        ("/**/c.*", True, ["sub/c.jpg"]),
        ("/.hidden", True, [".hidden/d.jpg"]),
    ],
)
def test_find(objects, asked, recursive, found):
    assert names(objects, remote.find(objects + asked, recursive=recursive)) == found


@pytest.mark.parametrize("asked", ["/sub/c", "/*.png", "/nothing/*.jpg"])
def test_find_nothing(objects, asked):
    with pytest.raises(FileNotFoundError, match="no such"):
        remote.find(objects + asked, recursive=True)


def test_a_bucket_that_does_not_exist(bucket):
    with pytest.raises(FileNotFoundError, match=r"no such.*s3://nobody-has-this/x"):
        remote.find("s3://nobody-has-this/x", recursive=True)
    with pytest.raises(FileNotFoundError, match="bucket"):
        remote.create("s3://nobody-has-this/x", b"")
    assert remote.status("s3://nobody-has-this/x") is None


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://localhost/x.jpg",
        "HTTPS://localhost/x.jpg",
        "ssh://host/x.jpg",
        "local://etc/passwd",
        "simplecache::s3://bucket/x.jpg",
        "zip://x.jpg::s3://bucket/x.zip",
        "reference://x",
    ],
)
def test_only_object_storage_is_opened(url):
    assert remote.is_url(url)
    assert not remote.is_object(url)
    for ask in (remote.status, remote.read, lambda url: remote.find(url, recursive=True)):
        with pytest.raises(ValueError, match=r"is not opened, only .*s3://"):
            ask(url)


def test_a_chain_behind_a_bucket_is_part_of_a_name(bucket):
    assert remote.status("s3://bucket/x::file:///etc/passwd") is None


def test_no_url_names_an_account():
    with pytest.raises(ValueError, match="AZURE_STORAGE_ACCOUNT_NAME"):
        remote.status("abfs://container@account.example.com/x.jpg")


@pytest.mark.parametrize("path", ["/a/b.jpg", "/a/s3://b", "C:\\x", "a:b", "x", "", 7, None])
def test_a_path_is_no_url(path):
    assert not remote.is_url(path)


def test_one_spelling():
    assert remote.canonical("GCS://bucket/folder/") == "gs://bucket/folder"


def test_a_missing_package_is_named(monkeypatch):
    import_module = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "fsspec":
            raise ModuleNotFoundError(name)
        return import_module(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"s3:// needs s3fs: pip install s3fs, or .*\[s3\]"):
        remote.status("s3://bucket/x")


def test_a_missing_backend_is_named():
    pytest.importorskip("fsspec")
    if "gcsfs" in fsspec.available_protocols():
        pytest.skip("gcsfs is installed")
    try:
        import gcsfs  # noqa: F401
    except ImportError:
        with pytest.raises(ImportError, match=r"gs:// needs gcsfs: pip install gcsfs"):
            remote.status("gs://bucket/x")


@pytest.mark.parametrize("size", [0, 1, 99, 100, 101, 1000])
@pytest.mark.parametrize("first", [1, 100])
def test_ranges_are_the_object(folder, size, first):
    data = bytes(range(256)) * 4
    remote.create(f"{folder}/x", data[:size])
    with remote.open_object(f"{folder}/x", first) as file:
        assert file.read() == data[:size]


@given(st.lists(st.tuples(st.integers(0, 120), st.integers(0, 2), st.integers(0, 50))))
def test_ranges_seek_as_files_do(steps):
    data = bytes(range(100))
    fsspec.filesystem("memory").pipe_file("/seek/x", data)
    with remote.open_object("memory://seek/x", 7) as file:
        known = io.BytesIO(data)
        for offset, whence, count in steps:
            place = (-min(offset, 100) if whence == 2 else offset, whence)
            assert file.seek(*place) == known.seek(*place)
            assert file.read(count) == known.read(count)


def test_reading_what_is_not_there(folder):
    for ask in (remote.read, lambda url: remote.open_object(url, 100)):
        with pytest.raises(FileNotFoundError, match="no such object"):
            ask(f"{folder}/x")


def test_an_object_is_created_once(folder):
    remote.create(f"{folder}/x", b"first")
    with pytest.raises(FileExistsError, match="already"):
        remote.create(f"{folder}/x", b"second")
    assert remote.read(f"{folder}/x") == b"first"


def test_a_known_object_is_replaced(folder):
    remote.create(f"{folder}/x", b"first")
    known = remote.status(f"{folder}/x")
    assert remote.replace(f"{folder}/x", b"2nd", known) == remote.status(f"{folder}/x") != known
    assert remote.read_whole(f"{folder}/x") == (b"2nd", remote.status(f"{folder}/x"))


def test_a_changed_object_is_not_replaced(folder):
    remote.create(f"{folder}/x", b"first")
    known = remote.status(f"{folder}/x")
    remote.replace(f"{folder}/x", b"theirs", known)
    with pytest.raises(remote.ChangedError, match="x"):
        remote.replace(f"{folder}/x", b"mine", known)
    assert remote.read(f"{folder}/x") == b"theirs"


@pytest.mark.parametrize("theirs", [b"theirs", None])
def test_s3_itself_refuses_what_changed_in_between(bucket, monkeypatch, theirs):
    url = bucket.put("x", b"first")
    known = remote.status(url)
    bucket.delete("x") if theirs is None else bucket.put("x", theirs)
    monkeypatch.setattr(puts, "status", lambda _: known)
    with pytest.raises(remote.ChangedError):
        remote.replace(url, b"mine", known)
    assert bucket.keys() == ([] if theirs is None else ["x"])
    assert theirs is None or bucket.get("x") == theirs


def test_writable(bucket, read_only):
    url = bucket.put("x", b"first")
    assert remote.is_writable(url)
    assert "Uploads" not in bucket.client.list_multipart_uploads(Bucket=bucket.name)
    read_only()
    assert not remote.is_writable(url)
    assert remote.read(url) == b"first"
    with pytest.raises(PermissionError, match="access denied"):
        remote.replace(url, b"second", remote.status(url))
