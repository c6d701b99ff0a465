"""Many small pictures as one."""

from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageOps

from framegrid.images.pixels.encoding import Encoded, encode

_GAP = 2
_PAPER = "white"
_BLANK = "#d8d8d8"
_QUALITY = 75


def montage(pictures: Sequence[Encoded | None], columns: int, edge: int) -> Encoded:
    """Lay pictures out in rows of squares, each filled and cut at its longer sides.

    Args:
        pictures: at least one; None leaves a blank square.
        columns: the most pictures in a row.
        edge: of a square, in px.

    Returns:
        A JPEG.
    """
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    pitch = edge + _GAP
    sheet = Image.new("RGB", (columns * pitch - _GAP, rows * pitch - _GAP), _PAPER)
    for index, picture in enumerate(pictures):
        sheet.paste(_square(picture, edge), (index % columns * pitch, index // columns * pitch))
    return encode(sheet, _QUALITY)


def _square(picture: Encoded | None, edge: int) -> Image.Image:
    blank = Image.new("RGB", (edge, edge), _BLANK)
    if picture is None:
        return blank
    with Image.open(BytesIO(picture.data)) as opened:
        pixels = ImageOps.fit(opened.convert("RGBA"), (edge, edge))
    blank.paste(pixels, mask=pixels)
    return blank
