"""Shares of other machines, on Windows: asked for nothing unless the user named them."""

import os
from contextlib import suppress

import pandas as pd
import pytest

import framegrid as fg
from framegrid import remote
from framegrid.base import BrokenImageError, UrlNotAllowedError
from framegrid.remote import permission, remembered, shares
from framegrid.remote.prefixes import place_of
from object_store import jpeg

pytestmark = pytest.mark.usefixtures("nothing_allowed")


SHARES = [
    (r"\\Host\Share\a.jpg", "//host/share/"),
    ("//host/share/deep/a.jpg", "//host/share/"),
    (r"\/host/share\a.jpg", "//host/share/"),
    (r"\\\\host\\share\a.jpg", "//host/share/"),
    (r"\\host@SSL@8080\DavWWWRoot\a.jpg", "//host@ssl@8080/davwwwroot/"),
    (r"\\10.0.0.1\c$\a.jpg", "//10.0.0.1/c$/"),
    (r"\\?\UNC\host\share\a.jpg", "//host/share/"),
    ("//?/unc/host/share/a.jpg", "//host/share/"),
    (r"\\.\UNC\host\share\a.jpg", "//host/share/"),
    (r"\??\UNC\host\share\a.jpg", "//host/share/"),
    (r"\\.\C:\..\UNC\host\share\a.jpg", "//./c:/"),
    (r"\\?\GLOBALROOT\Device\Mup\host\share\a.jpg", "//./globalroot/"),
    (r"\\.\pipe\name", "//./pipe/"),
]
HERE = [
    r"C:\a.jpg",
    "c:/a.jpg",
    r"\\?\C:\a.jpg",
    "//./d:/a.jpg",
    r"\photos\a.jpg",
    "/a.jpg",
    "a",
    "",
]


@pytest.fixture
def windows(monkeypatch):
    monkeypatch.setattr(shares, "IS_WINDOWS", True)


@pytest.mark.parametrize(("path", "place"), SHARES)
def test_a_share_is_asked_for_where_it_is_named(windows, path, place):
    assert remote.is_share(path)
    with pytest.raises(UrlNotAllowedError, match=r"fg\.allow_urls\('//|'\.\.' in it"):
        remote.check_path(path)
    if place.startswith("//./"):
        with pytest.raises(ValueError, match=r"names no bucket|is not opened"):
            fg.allow_urls(place)
        return
    assert place_of(path) == place
    fg.allow_urls(place)
    remote.check_path(path)
    for other in (path.replace("ost", "osts"), path.replace("10.", "11."), r"\\host\shared\a.jpg"):
        assert other == path or not permission.is_allowed(other)
    assert fg.allow_urls() == [place]
    assert remembered.prefixes() == {place}


@pytest.mark.parametrize("path", HERE)
def test_drives_need_no_permission(windows, path):
    assert not remote.is_share(path)
    remote.check_path(path)


@pytest.mark.parametrize("path", [path for path, _ in SHARES])
def test_elsewhere_such_a_path_is_a_name(path):
    assert not remote.is_share(path)


def test_a_strangers_dataset_reaches_no_share(windows, monkeypatch, tmp_path):
    """The file is there, so that whoever asks finds it."""
    monkeypatch.chdir(tmp_path)
    path = r"\\host\share\a.jpg"
    (tmp_path / path).write_bytes(jpeg(4, 3))
    asked = []
    for function in (os.stat, os.open, os.path.exists):
        real = function

        def ask(name, *args, real=real, **options):
            asked.extend([name] if name == path else [])
            return real(name, *args, **options)

        module = os.path if function is os.path.exists else os
        monkeypatch.setattr(module, function.__name__, ask)
    dataset = fg.ImageDataset.from_dataframe(pd.DataFrame({"path": [path]}))
    dataset.update_metadata({0: {"file": 1}})
    assert not dataset.get_sample(0).width
    with pytest.raises(
        BrokenImageError, match=r"not allowed yet: fg\.allow_urls\('//host/share/'\)"
    ):
        dataset.get_sample(0).open()
    with pytest.raises(UrlNotAllowedError, match=r"fg\.allow_urls\('//host/share/'\)"):
        dataset.export_images(tmp_path / "out")
    dataset.check_images()
    assert asked == []
    fg.allow_urls("//host/share/")
    assert dataset.get_sample(0).open().size
    assert asked


@pytest.mark.parametrize("call", ["load", "add_images_from_path", "relink"])
def test_what_a_call_names_of_a_share_is_allowed(windows, monkeypatch, tmp_path, call):
    monkeypatch.chdir(tmp_path)
    path = r"\\host\share\photos"
    monkeypatch.setattr("pathlib.Path.absolute", lambda path: path)
    with fg.ImageDataset.create(tmp_path / "set") as dataset:
        call = getattr(dataset, call)
        with suppress(OSError, ValueError):
            call("/photos", path) if call.__name__ == "relink" else call(path)
    assert "//host/share/" in fg.allow_urls()
