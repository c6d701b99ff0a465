"""Nothing that stands in image files besides their pixels is given away, nor where they are."""

import gzip
import json
import re
import struct
from base64 import b64decode
from io import BytesIO

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from PIL import Image, ImageCms, PngImagePlugin, TiffImagePlugin

import framegrid as fg
from framegrid.images import picture, thumbnail

SECRET = "s3cr3t"
PLACES = ("hidden-folder", "hidden-bucket")
# What Pillow tells of a bare JPEG and a bare PNG.
BARE = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}


def exif():
    tags = Image.Exif()
    tags[0x010E] = tags[0x9286] = tags[0x013B] = SECRET
    tags[0x0112] = 6
    tags.get_ifd(0x8825)[0x1D] = SECRET
    tags.get_ifd(0x8769)[0x9286] = SECRET.encode("utf-16-le")
    return tags


def profile():
    """A colour profile with a description of its own."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    return data[:128] + data[128:] + SECRET.encode() * 2


def segment(marker, data):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data


def iptc():
    record = b"\x1c\x02\x5a" + struct.pack(">H", len(SECRET)) + SECRET.encode()
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(record)) + record
    return segment(0xED, b"Photoshop 3.0\0" + resource + b"\0" * (len(record) % 2))


def texts():
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text("parameters", f"{SECRET}, a prompt")
    chunks.add_text("workflow", SECRET * 40, zip=True)
    chunks.add_itxt("Comment", SECRET, "en", SECRET, zip=False)
    chunks.add_itxt("XML:com.adobe.xmp", f"<x>{SECRET}</x>")
    chunks.add(b"prVt", SECRET.encode())
    return chunks


def late_text():
    late = PngImagePlugin.PngInfo()
    late.add_text("Late", SECRET, zip=False)
    late.chunks = [(*chunk[:2], True) for chunk in late.chunks]
    return late


def tags():
    held = TiffImagePlugin.ImageFileDirectory_v2()
    for tag in (270, 305, 315, 33432):
        held[tag] = SECRET
    return held


XMP = f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode()
KINDS = {
    "exif.jpg": {"exif": exif()},
    "xmp.jpg": {"xmp": XMP},
    "iptc.jpg": {"extra": iptc()},
    "app.jpg": {"extra": segment(0xEB, SECRET.encode())},
    "icc.jpg": {"icc_profile": profile()},
    "comment.jpg": {"comment": SECRET},
    "mpf.jpg": {"format": "MPO", "save_all": True},
    "texts.png": {"pnginfo": texts()},
    "late.png": {"pnginfo": late_text()},
    "exif.png": {"exif": exif()},
    "icc.png": {"icc_profile": profile()},
    "comment.gif": {"comment": SECRET},
    "exif.webp": {"exif": exif(), "lossless": True},
    "xmp.webp": {"xmp": XMP, "lossless": True},
    "icc.webp": {"icc_profile": profile(), "lossless": True},
    "tags.tiff": {"tiffinfo": tags()},
    **{f"behind.{extension}": {} for extension in ("jpg", "png", "gif", "webp", "tiff", "bmp")},
}


def plant(path, size, *, extra=b"", **options):
    colours = np.linspace((0, 40, 80), (250, 140, 90), size[0] * size[1])
    image = Image.fromarray(colours.reshape(*size[::-1], 3).astype(np.uint8))
    if options.get("format") == "MPO":
        options |= {"append_images": [image], "exif": exif()}
    image.save(path, **options)
    data = path.read_bytes()
    path.write_bytes(data[:2] + extra + data[2:] if extra else data + SECRET.encode())


@pytest.fixture(params=[(40, 30), (700, 500)], ids=["small", "large"])
def folder(request, tmp_path, monkeypatch):
    """Images of two sizes, of which only large ones need scaling, with secrets of every kind."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / PLACES[0]
    folder.mkdir()
    for name, options in KINDS.items():
        plant(folder / name, request.param, **options)
        assert SECRET.encode() in (folder / name).read_bytes()
    return folder


def check_bare(data):
    """A picture of which nothing is left but its pixels."""
    assert SECRET.encode() not in data
    with Image.open(BytesIO(data)) as image:
        assert image.format in {"JPEG", "PNG"}
        image.load()
        assert set(image.info) <= BARE
        assert not image.getexif()
    assert data.endswith((b"\xff\xd9", b"IEND\xaeB`\x82"))
    if data.startswith(b"\x89PNG"):
        assert set(re.findall(rb"[A-Za-z]{4}(?<=IHDR|tEXt|zTXt|iTXt|eXIf|iCCP|prVt)", data)) == {
            b"IHDR"
        }


def check_text(text):
    """A text that tells neither secrets nor places, and holds only bare pictures."""
    assert not [word for word in (SECRET, *PLACES) if word in text]
    for encoded in re.findall(r"(?:base64,|\"data\": ?\")([A-Za-z0-9+/]{100,}=*)", text):
        data = b64decode(encoded)
        if data.startswith((b"\xff\xd8", b"\x89PNG", b"GIF8", b"RIFF", b"II*\0")):
            check_bare(data)


@pytest.mark.parametrize("name", KINDS)
def test_a_thumbnail_has_nothing_but_pixels(folder, name):
    for size in (16, 128, 1024):
        made = thumbnail(folder / name, size)
        check_bare(made.data)
        assert (made.width < made.height) == ("exif" in name or "mpf" in name), "it is upright"


WORDS = [name for name in KINDS if "behind" not in name and name[:4] not in {"app.", "icc."}]


@pytest.mark.parametrize("name", WORDS)
def test_a_picture_of_a_file_with_words_is_no_original(folder, name):
    check_bare(picture(folder / name, 1024, 1_000_000).data)


def page_of(dataset, path, **options):
    fg.Grid(dataset).save_html(path, **options)
    text = path.read_text("utf-8")
    packed = re.search(r'id="framegrid-data">([^<]+)<', text)[1]
    return text, gzip.decompress(b64decode(packed)).decode()


def test_a_page_gives_nothing_away(folder, tmp_path):
    with fg.ImageDataset.create("photos") as dataset:
        dataset.add_images_from_path(folder)
        (folder / "comment.jpg").unlink()
        (folder / "comment.gif").write_bytes(f"no image of {SECRET}".encode())
        frame = dataset.df
        frame.loc[100] = frame.loc[0]
        frame.loc[100, "file_path_abs"] = f"s3://{PLACES[1]}/{PLACES[0]}/a.jpg"
        text, values = page_of(fg.ImageDataset.from_dataframe(frame), tmp_path / "page.html")
    check_text(text)
    check_text(values)
    assert str(tmp_path) not in text + values
    assert [row["key"] for row in json.loads(values)["columns"]] == ["file_name", "width", "height"]
    pictures = json.loads(re.search(r'id="framegrid-pictures">(.+?)</script>', text)[1])
    assert len(pictures) == len(KINDS) + 1
    reasons = [each["error"] for each in pictures.values() if "error" in each]
    assert sorted(reasons) == ["cannot be read", "file not found", "not an image"]


CELL = f"""
import framegrid as fg
dataset = fg.ImageDataset.load_or_create("photos")
report = dataset.add_images_from_path("{PLACES[0]}", progress=False)
dataset"""


def test_a_saved_notebook_gives_nothing_away(folder, tmp_path):
    cells = [nbformat.v4.new_code_cell(code) for code in (CELL, "fg.show(dataset.df)")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    resources = {"metadata": {"path": str(tmp_path)}}
    executed = NotebookClient(notebook, resources=resources).execute()
    for cell in executed.cells:
        cell.source = ""
    assert executed.metadata["widgets"]
    text = nbformat.writes(executed)
    assert "data:image/jpeg;base64," in text
    check_text(text)
    assert str(tmp_path) not in text
