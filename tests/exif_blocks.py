"""Blocks of EXIF data, as cameras write them or not quite."""

import struct
from datetime import datetime

from PIL import ExifTags

from framegrid.images.exif.exif import exif_of
from framegrid.images.exif.tags import Tags

ASCII, BYTE, SHORT, LONG, RATIONAL, UNDEFINED, SRATIONAL, DOUBLE = 2, 1, 3, 4, 5, 7, 10, 12
CODES = {BYTE: "B", SHORT: "H", LONG: "L", RATIONAL: "L", SRATIONAL: "l", DOUBLE: "d"}
POINTERS = {"exif": 0x8769, "gps": 0x8825}
BASE, GPS = ExifTags.Base, ExifTags.GPS

CAMERA = {BASE.Make: (ASCII, b"Canon\0"), BASE.Model: (ASCII, b"Canon EOS 40D\0")}
SHOT = {
    BASE.ExposureTime: (RATIONAL, [1, 160]),
    BASE.FNumber: (RATIONAL, [71, 10]),
    BASE.ISOSpeedRatings: (SHORT, [100]),
    BASE.DateTimeOriginal: (ASCII, b"2008:05:30 15:56:01\0"),
    BASE.SubsecTimeOriginal: (ASCII, b"054\0"),
    BASE.FocalLength: (RATIONAL, [135, 1]),
    BASE.FocalLengthIn35mmFilm: (SHORT, [216]),
    BASE.LensModel: (ASCII, b"EF70-300mm f/4-5.6 IS USM\0"),
}
PLACE = {
    GPS.GPSLatitudeRef: (ASCII, b"N\0"),
    GPS.GPSLatitude: (RATIONAL, [47, 1, 22, 1, 4530, 100]),
    GPS.GPSLongitudeRef: (ASCII, b"E\0"),
    GPS.GPSLongitude: (RATIONAL, [8, 1, 32, 1, 2460, 100]),
    GPS.GPSAltitudeRef: (BYTE, [0]),
    GPS.GPSAltitude: (RATIONAL, [40860, 100]),
}
EXPECTED = {
    "captured": datetime(2008, 5, 30, 15, 56, 1, 54_000),
    "camera": "Canon EOS 40D",
    "lens": "EF70-300mm f/4-5.6 IS USM",
    "exposure_time": 1 / 160,
    "f_number": 7.1,
    "iso": 100,
    "focal_length": 135.0,
    "focal_length_35mm": 216,
    "gps": {"lat": 47.379250000, "lon": 8.540166667, "alt": 408.6},
}


def packed(order, kind, values):
    """The count and the bytes of the values of a tag."""
    if isinstance(values, bytes):
        return len(values), values
    data = struct.pack(f"{order}{len(values)}{CODES[kind]}", *values)
    return len(values) // (2 if kind in {RATIONAL, SRATIONAL} else 1), data


def directory(order, start, entries):
    """A directory of tags that begins at `start`, with the values behind it."""
    behind = start + 2 + 12 * len(entries) + 4
    table, values = struct.pack(f"{order}H", len(entries)), b""
    for tag, (kind, content) in sorted(entries.items()):
        count, data = packed(order, kind, content)
        place = struct.pack(f"{order}L", behind + len(values))
        table += struct.pack(f"{order}HHL", tag, kind, count)
        table += data.ljust(4, b"\0") if len(data) <= 4 else place
        values += data if len(data) > 4 else b""
    return table + bytes(4) + values


def block(first=CAMERA, order="<", **others):
    """EXIF data with the tags of the first directory, of `exif` and of `gps`."""
    pointers = {POINTERS[name]: (LONG, [0]) for name in others}
    place = 8 + len(directory(order, 8, first | pointers))
    data = b""
    for name, entries in others.items():
        pointers[POINTERS[name]] = (LONG, [place + len(data)])
        data += directory(order, place + len(data), entries)
    magic = b"II*\0" if order == "<" else b"MM\0*"
    return magic + struct.pack(f"{order}L", 8) + directory(order, 8, first | pointers) + data


def read_block(data):
    return exif_of(Tags.of_bytes(b"Exif\0\0" + data))


def read(**directories):
    return read_block(block(**directories))


def text(value):
    return ASCII, value.encode() + b"\0"
