"""Locators of files, objects and parts of them: taken apart, put together, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framegrid import remote
from framegrid.remote import Locator

EXAMPLES = {
    "/data/a.jpg": ("file", "", "/data/a.jpg"),
    "s3://bucket/a.jpg": ("object", "", "s3://bucket/a.jpg"),
    "https://host/a.jpg": ("https", "", "https://host/a.jpg"),
    "zip://a/b.jpg::/data/photos.zip": ("zip", "a/b.jpg", "/data/photos.zip"),
    "tar://000012.jpg::s3://bucket/shard.tar": ("tar", "000012.jpg", "s3://bucket/shard.tar"),
    "parquet://image/123::/data/t.parquet": ("parquet", "image/123", "/data/t.parquet"),
    "zip://a.jpg::/data/a::b.zip": ("zip", "a.jpg", "/data/a::b.zip"),
    "zip://ü #1 100%.jpg::/data/x.zip": ("zip", "ü #1 100%.jpg", "/data/x.zip"),
    "zip://a%3A:b%3A::/x.zip": ("zip", "a::b:", "/x.zip"),
    "zip://a%253Ab%2525.jpg::/x.zip": ("zip", "a%3Ab%25.jpg", "/x.zip"),
    "zip://a.jpg::C:\\data\\x.zip": ("zip", "a.jpg", "C:\\data\\x.zip"),
    "zip://a.jpg::parts/x.zip": ("zip", "a.jpg", "parts/x.zip"),
}


@pytest.mark.parametrize(("text", "parts"), EXAMPLES.items())
def test_a_locator_is_taken_apart_and_put_together(text, parts):
    assert remote.parse(text) == Locator(*parts)
    assert str(Locator(*parts)) == text


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.sampled_from("zt"))
def test_whatever_a_member_is_called_comes_back(inside, kind):
    locator = Locator({"z": "zip", "t": "tar"}[kind], inside, "/data/a::b.zip")
    assert remote.parse(str(locator)) == locator


@given(st.text("a:%253A/ \n", min_size=1))
def test_names_of_the_signs_of_locators_come_back(inside):
    locator = Locator("zip", inside, "s3://bucket/x.zip")
    assert remote.parse(str(locator)) == locator


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("zip://a.png::file:///etc/passwd", "file:// is not opened"),
        ("zip://a.png::zip://b.zip::/x.zip", "inside a file"),
        ("tar://a.png::parquet://image/1::/x.parquet", "inside a file"),
        ("zip://a.png::https://host/x.zip", "https:// is not opened"),
        ("zip://a.png::simplecache::s3://bucket/x.zip", "is not opened"),
        ("zip://a.png::b::x.zip", "several links"),
        ("zip://a.png", "names no part"),
        ("zip://::/x.zip", "names no part"),
        ("zip://a.png::", "names no part"),
        ("zip://a.png::s3://user@bucket/x.zip", "account"),
        ("simplecache::s3://bucket/a.jpg", "is not opened"),
        ("ZIP://a.png::/x.zip", "is not opened"),
        ("http://host/a.jpg", "is not opened"),
    ],
)
def test_anything_else_is_refused(text, reason):
    with pytest.raises(ValueError, match=reason):
        remote.parse(text)
    assert remote.container_of(text) == text


def test_what_is_asked_for_is_what_an_image_is_part_of():
    assert remote.container_of("zip://a.jpg::s3://bucket/x.zip") == "s3://bucket/x.zip"
    assert remote.container_of("/data/a.jpg") == "/data/a.jpg"
    assert remote.is_asked_for("zip://a.jpg::s3://bucket/x.zip")
    assert not remote.is_asked_for("zip://a.jpg::/x.zip")
    assert not remote.is_asked_for(None)
    assert remote.with_container("zip://a.jpg::/x.zip", "/y.zip") == "zip://a.jpg::/y.zip"
    assert remote.with_container("/x.jpg", "/y.jpg") == "/y.jpg"
