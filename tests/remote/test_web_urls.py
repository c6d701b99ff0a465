"""Which web addresses are opened: those under a prefix that the user named, by whole parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import framegrid as fg
from framegrid import remote
from framegrid.base import UrlNotAllowedError
from framegrid.remote import permission, web_urls

HOST = "https://host.example"

SPELLED = {
    "HTTPS://Host.Example": f"{HOST}/",
    f"{HOST}:443/a.jpg": f"{HOST}/a.jpg",
    f"{HOST}:0443/A.jpg": f"{HOST}/A.jpg",
    f"{HOST}:8443?size=1": f"{HOST}:8443/?size=1",
    f"{HOST}/a.jpg#part": f"{HOST}/a.jpg",
    f" {HOST}/my photo é.jpg ": f"{HOST}/my%20photo%20%C3%A9.jpg",
    f"{HOST}/a%20b.jpg?sig=a%2Fb+c": f"{HOST}/a%20b.jpg?sig=a%2Fb+c",
    "https://[2001:DB8:0::1]:443/a": "https://[2001:db8::1]/a",
    "https://[::ffff:10.0.0.1]/a": "https://10.0.0.1/a",
    "https://10.0.0.1:8443/a": "https://10.0.0.1:8443/a",
}


@pytest.mark.parametrize("url", SPELLED)
def test_an_address_has_one_spelling(url):
    assert str(web_urls.parse(url)) == SPELLED[url]
    assert str(web_urls.parse(SPELLED[url])) == SPELLED[url]


REFUSED = [
    "http://host.example/a.jpg",
    "ftp://host.example/a.jpg",
    "file:///etc/passwd",
    "data:image/png;base64,AAAA",
    "gopher://host.example/a",
    "https:/host.example/a.jpg",
    "https:host.example/a.jpg",
    "https:///host.example/a.jpg",
    "//host.example/a.jpg",
    "https://me@host.example/a.jpg",
    "https://me:secret@host.example/a.jpg",
    "https://host.example@evil.example/a.jpg",
    "https://host.example\\@evil.example/a.jpg",
    "https://evil.example\\.host.example/a.jpg",
    "https://host.example./a.jpg",
    "https://.host.example/a.jpg",
    "https://host..example/a.jpg",
    "https://host.example:/a.jpg",
    "https://host.example:0/a.jpg",
    "https://host.example:65536/a.jpg",
    "https://host.example:80:80/a.jpg",
    "https://host.example%2eevil/a.jpg",
    "https://host.exämple/a.jpg",
    "https://host．example/a.jpg",  # noqa: RUF001 - a full stop of another script
    "https://[::1%25eth0]/a.jpg",
    "https://[::1/a.jpg",
    "https://::1/a.jpg",
    "https://[10.0.0.1]/a.jpg",
    "https://host.example/a\n.jpg",
    "https://host.example/a\t/../b.jpg",
    "https://ho\nst.example/a.jpg",
    "https://host.example/\\..\\a.jpg",
    "https://host.example/a\x00.jpg",
    "https://host.example/\ud800.jpg",
    f"https://host.example/{'a' * 9000}.jpg",
]


@pytest.mark.parametrize("url", REFUSED)
def test_what_could_be_read_in_two_ways_is_no_address(url):
    fg.allow_urls("https://host.example/")
    assert not remote.is_web(url)
    with pytest.raises((ValueError, UrlNotAllowedError)) as error:
        remote.open_web(url)
    assert len(str(error.value)) < 500


INSIDE = [
    (HOST, f"{HOST}/a.jpg"),
    (f"{HOST}/", f"{HOST}/deep/a.jpg?size=1"),
    ("HTTPS://HOST.example:443", f"{HOST}/a.jpg"),
    (f"{HOST}/photos", f"{HOST}/photos/a.jpg"),
    (f"{HOST}/photos/", f"{HOST}/photos?id=1"),
    (f"{HOST}/photos/a.jpg", f"{HOST}/photos/a.jpg?key=secret"),
    (f"{HOST}/my photos", f"{HOST}/my%20photos/a.jpg"),
    (f"{HOST}/", f"{HOST}/a..b/..c.jpg"),
    (f"{HOST}:8443/", f"{HOST}:8443/a.jpg"),
]
OUTSIDE = [
    (f"{HOST}/", "https://host.example.evil/a.jpg"),
    (f"{HOST}/", "https://evil.host.example/a.jpg"),
    (f"{HOST}/", "https://host.exampl/a.jpg"),
    (f"{HOST}/", "https://evil.example/host.example/a.jpg"),
    (f"{HOST}/", "https://evil.example/https://host.example/a.jpg"),
    (f"{HOST}/", "https://evil.example?https://host.example/"),
    (f"{HOST}/", "https://evil.example#https://host.example/"),
    (f"{HOST}/", f"{HOST}:8443/a.jpg"),
    (f"{HOST}:8443/", f"{HOST}/a.jpg"),
    (f"{HOST}:843/", f"{HOST}:8430/a.jpg"),
    (f"{HOST}/photos/", f"{HOST}/a.jpg"),
    (f"{HOST}/photos/", f"{HOST}/photos-evil/a.jpg"),
    (f"{HOST}/photos/", f"{HOST}/Photos/a.jpg"),
    (f"{HOST}/photos/", f"{HOST}//photos/a.jpg"),
    (f"{HOST}/photos/", f"{HOST}/photos%2Fa.jpg"),
    (f"{HOST}/photos/", f"{HOST}/photos/../a.jpg"),
    (f"{HOST}/photos/", f"{HOST}/photos/%2e%2e/a.jpg"),
    (f"{HOST}/photos/", f"{HOST}/photos/.%2E/a.jpg"),
    (f"{HOST}/photos/", f"{HOST}/photos/%252e%252e%252fa.jpg"),
    (f"{HOST}/photos/", f"{HOST}/photos/..;/a.jpg"),
    (f"{HOST}/photos/", f"{HOST}/photos/..%5Ca.jpg"),
    (f"{HOST}/photos/", f"{HOST}/?/photos/a.jpg"),
    (f"{HOST}/photos/", f"{HOST}/#/photos/a.jpg"),
]


@pytest.mark.usefixtures("nothing_allowed")
@pytest.mark.parametrize(("prefix", "url"), INSIDE)
def test_what_begins_with_all_parts_of_a_prefix_is_allowed(prefix, url):
    with pytest.raises(UrlNotAllowedError, match=r"fg\.allow_urls\('https://"):
        permission.check(url)
    fg.allow_urls(prefix)
    permission.check(url)


@pytest.mark.usefixtures("nothing_allowed")
@pytest.mark.parametrize(("prefix", "url"), OUTSIDE)
def test_nothing_else_is(prefix, url):
    fg.allow_urls(prefix)
    with pytest.raises(UrlNotAllowedError):
        remote.open_web(url)


@given(st.text(st.sampled_from("ahost.:/@\\?#%2e;[]443 \t")))
def test_an_address_that_is_read_names_one_host(text):
    url = f"https://{text}"
    if remote.is_web(url):
        parsed = web_urls.parse(url)
        assert web_urls.parse(str(parsed)) == parsed
        assert not set(parsed.host) & set("@\\?#%;/ \t")
        assert permission.place_of(url) == parsed.place
        assert str(parsed).startswith(parsed.place)


@given(st.text(st.sampled_from("aB1.:/@\\?#%2e;[]|'~_- \té"), max_size=20))
def test_what_is_taken_as_it_is_has_its_spelling(text):
    url = f"https://a.example/{text}"
    if web_urls._is_plain(url):
        assert str(web_urls.parse(url)) == url
    if remote.is_web(url):
        assert web_urls.web_spelled(url) == str(web_urls.parse(url))


NAMES = {
    f"{HOST}/a/b.jpg?key=secret": "b.jpg",
    f"{HOST}/a/my%20photo.jpg": "my photo.jpg",
    f"{HOST}/a%2Fb.jpg": "a%2Fb.jpg",
    f"{HOST}/a/%ff.jpg": "%ff.jpg",
    f"{HOST}/a/": "a",
    HOST: "host.example",
    f"{HOST}?key=a/secret": "host.example",
    "https://me@x/a.jpg?key=secret": "a.jpg",
}


@pytest.mark.parametrize("url", NAMES)
def test_the_name_of_a_web_image_is_the_last_part_of_its_path(url):
    assert web_urls.web_name(url) == NAMES[url]
