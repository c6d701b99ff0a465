"""Small pictures for tests, and how they are to look."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

from framegrid.images import Encoded

RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 180, 30), (30, 30, 220), (230, 220, 20)
CORNERS = (RED, GREEN, BLUE, YELLOW)

STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera that writes each EXIF orientation has turned the picture."""


def four_corners(width=96, height=64):
    """An image whose quarters are red, green, blue and yellow, row by row."""
    image = Image.new("RGB", (width, height))
    half_width, half_height = width // 2, height // 2
    for i, colour in enumerate(CORNERS):
        place = (i % 2 * half_width, i // 2 * half_height)
        image.paste(colour, (*place, place[0] + half_width, place[1] + half_height))
    return image


def noise(width, height, channels=3, seed=0):
    rng = np.random.default_rng(seed)
    return Image.fromarray(rng.integers(0, 256, (height, width, channels), dtype=np.uint8))


def shown(encoded: Encoded):
    image = Image.open(io.BytesIO(encoded.data))
    image.load()
    assert image.size == (encoded.width, encoded.height)
    assert Image.MIME[image.format] == encoded.mime
    return image


def corners_of(image):
    image = image.convert("RGB")
    return [
        image.getpixel((round(image.width * x), round(image.height * y)))
        for y in (0.25, 0.75)
        for x in (0.25, 0.75)
    ]


def assert_colours(actual, expected, tolerance=24):
    difference = np.abs(np.array(actual, dtype=int) - np.array(expected, dtype=int))
    assert difference.max() <= tolerance, f"{actual} is not {expected}"


def png(width, height):
    """A PNG that promises `width` by `height` px of RGB and has hardly any."""

    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(100))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )
