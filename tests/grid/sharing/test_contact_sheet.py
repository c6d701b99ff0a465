"""What a saved notebook shows of a grid where there is no kernel."""

import re
from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

import framegrid as fg
from framegrid.grid.sharing.sheet import contact_sheet
from framegrid.images import Encoded, montage


def encoded(colour, size):
    buffer = BytesIO()
    Image.new("RGBA", size, colour).save(buffer, "PNG")
    return Encoded(buffer.getvalue(), "image/png", *size)


def pixels(picture):
    return Image.open(BytesIO(picture.data))


def picture_in(html):
    data = re.search(r'src="data:image/jpeg;base64,([^"]+)"', html)[1]
    return Image.open(BytesIO(b64decode(data)))


@pytest.fixture
def dataset(photos):
    with fg.ImageDataset.create("sheet") as dataset:
        dataset.add_images_from_path(photos)
        yield dataset


@pytest.mark.parametrize(
    ("count", "size"), [(1, (20, 20)), (3, (64, 20)), (4, (64, 42)), (7, (64, 64))]
)
def test_a_montage_has_room_for_all(count, size):
    assert pixels(montage([None] * count, columns=3, edge=20)).size == size


def test_a_montage_fills_its_squares_and_leaves_blank_what_is_missing():
    sheet = pixels(montage([encoded("red", (30, 8)), None], columns=2, edge=20))
    red, blank = sheet.getpixel((10, 2)), sheet.getpixel((32, 10))
    assert red == pytest.approx((254, 0, 0), abs=4)
    assert blank[0] == pytest.approx(blank[1], abs=4)


def test_a_montage_shows_what_is_transparent_as_blank():
    sheet = pixels(montage([encoded((0, 0, 0, 0), (20, 20)), None], columns=2, edge=20))
    assert sheet.getpixel((10, 10)) == pytest.approx(sheet.getpixel((32, 10)), abs=4)


def test_a_sheet_says_what_it_is_of_and_shows_it(dataset):
    html = contact_sheet(dataset, dataset.df.index, np.arange(6), "token")
    assert "sheet: 6 images. Run the cell" in html
    assert picture_in(html).width == 6 * 122 - 2


def test_a_sheet_of_many_says_how_many_it_shows(dataset):
    frame = dataset.df.loc[[0, 1] * 20].reset_index(drop=True)
    many = fg.ImageDataset.from_dataframe(frame)
    html = contact_sheet(many, many.df.index, np.arange(30), "token")
    assert "30 of 40 images, the first 24 shown" in html


def test_a_sheet_of_nothing_has_no_picture(dataset):
    assert "<img" not in contact_sheet(dataset, dataset.df.index, np.arange(0), "token")


def test_a_sheet_goes_without_broken_files(dataset, photos):
    for photo in photos.iterdir():
        photo.write_text("broken since")
    html = contact_sheet(dataset, dataset.df.index, np.arange(6), "token")
    assert picture_in(html).width == 6 * 122 - 2


def test_a_name_cannot_inject_markup(photos):
    with fg.ImageDataset.create("<script>alert(1)<script>") as dataset:
        dataset.add_images_from_path(photos)
        html = contact_sheet(dataset, dataset.df.index, np.arange(6), '"><script>')
    assert "<script" not in html
