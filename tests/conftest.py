"""Settings of all tests."""

import os
import signal
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from PIL import Image

import framegrid as fg
from framegrid.base import limits

pytest_plugins = ["lab_fixtures", "grid_fixtures", "shim", "store_fixtures"]

_numbers = count()

BROWSER_TESTS = Path(__file__).with_name("browser")

# Machines stall, so that a deadline per example fails at random. The same examples are drawn every
# time; HYPOTHESIS_PROFILE=explore looks for new ones.
QUIET = {"deadline": None, "print_blob": True, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("explore", **QUIET)
settings.register_profile("same", derandomize=True, **QUIET)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


def pytest_collection_modifyitems(items):
    """Leave the slow tests for last; Playwright's event loop stays open once it runs, too."""
    items.sort(key=lambda item: BROWSER_TESTS in item.path.parents)


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory):
    """A cache of the tests' own, also for what they start."""
    with pytest.MonkeyPatch.context() as patch:
        if "FRAMEGRID_CACHE_DIR" not in os.environ:
            patch.setenv("FRAMEGRID_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session", autouse=True)
def _interruptions():
    """Ctrl-C as in a terminal: a program started in the background by a shell ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(autouse=True)
def _limits():
    """Limits as they were before: what a test lifts, as an example does, holds for no other."""
    before = limits.as_dict()
    yield
    limits.set(before)


@pytest.fixture(scope="session")
def make_photos():
    """Writes a folder of small pictures of different colours and sizes, and returns it."""

    def make(folder, count=6):
        folder.mkdir(parents=True)
        for number in range(count):
            colour = (40 * number % 256, 90, 255 - 40 * number % 256)
            picture = Image.new("RGB", (64 + 8 * number, 48), colour)
            picture.save(folder / f"photo-{number}.{'png' if number % 2 else 'jpg'}")
        return folder

    return make


@pytest.fixture
def photos(tmp_path, make_photos, monkeypatch):
    """A folder of six pictures, in a working folder of its own."""
    monkeypatch.chdir(tmp_path)
    return make_photos(tmp_path / "photos")


@pytest.fixture(scope="session")
def s3():
    """The URL of a local S3 server."""
    from object_store import running_s3

    with running_s3() as endpoint:
        yield endpoint


@pytest.fixture
def bucket(s3, monkeypatch):
    """A new bucket on the local S3 server, which is S3 for this test and what it starts."""
    from object_store import Bucket, environment

    for name, value in environment(s3).items():
        monkeypatch.setenv(name, value)
    bucket = Bucket(f"bucket-{next(_numbers)}")
    fg.allow_urls(f"s3://{bucket.name}/")
    return bucket


@pytest.fixture(params=["s3", "memory"])
def folder(request, tmp_path):
    """The URL of an empty folder on object storage."""
    import fsspec

    if request.param == "memory":
        yield f"memory://{tmp_path.name}"
        fsspec.filesystem("memory").store.clear()
    else:
        yield request.getfixturevalue("bucket").url("folder")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A file with the certificate of a local web server, and its key."""
    from web_server import make_certificate

    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def web(certificate, monkeypatch):
    """A local web server, certified for this test and what it starts, and not allowed yet."""
    from framegrid.remote import web_connections
    from web_server import running_web

    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    with running_web(certificate) as server:
        yield server
    web_connections.forget_all()


@pytest.fixture
def read_only(s3, bucket, monkeypatch):
    """Takes the right to write to the bucket away."""
    import s3fs

    with ExitStack() as stack:

        def start():
            for name, value in stack.enter_context(bucket.read_only(s3)).items():
                monkeypatch.setenv(name, value)
            s3fs.S3FileSystem.clear_instance_cache()

        yield start
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture
def broken_photos(photos):
    """Files that are no pictures, among the six that are; each with the reason for it."""
    (photos / "empty.jpg").touch()
    (photos / "text.png").write_text("not a picture")
    (photos / "notes.txt").write_text("no extension of a picture, so it is not looked at")
    whole = (photos / "photo-0.jpg").read_bytes()
    (photos / "cut.jpg").write_bytes(whole[:100])
    return {"empty.jpg": "empty file", "text.png": "not an image", "cut.jpg": "truncated"}
