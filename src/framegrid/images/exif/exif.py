"""What the camera wrote beside the picture: when, with what, how and where it was taken."""

import re
from datetime import datetime
from math import exp2, isnan
from typing import Any

from framegrid.images.exif.tags import Tags

Exif = dict[str, Any]
"""EXIF values by key; keys without a value are left out."""

# Tags, and those of the directories that two of them point to.
_MAKE, _MODEL, _LENS = 0x010F, 0x0110, 0xA434
_EXIF, _GPS = 0x8769, 0x8825
_EXPOSURE_TIME, _SHUTTER_SPEED = 0x829A, 0x9201
_F_NUMBER, _APERTURE = 0x829D, 0x9202
_ISO, _LARGE_ISOS = 0x8827, (0x8832, 0x8831, 0x8833)
_FOCAL_LENGTH, _FOCAL_LENGTH_35MM = 0x920A, 0xA405
_TIMES = ((0x9003, 0x9291), (0x9004, 0x9292))  # taken, digitised, each with its fractions
_LATITUDE, _LONGITUDE, _ALTITUDE = 0x0002, 0x0004, 0x0006  # each one behind its reference
_BELOW_SEA = (1, 3)

# What is beyond makes no sense, and one such value would spoil a slider.
_MAX_EXPOSURE_S = 1_000_000
_MAX_F_NUMBER = 1_000
_MAX_APEX = 20  # the power of two that comes near both
_MAX_SHORT_ISO, _MAX_ISO = 65_534, 10_000_000  # 65,535 is said of all above
_MAX_LENGTH_MM = 100_000
_MAX_ALTITUDE_M = 100_000
_DECIMALS = 9  # of degrees: a tenth of a millimetre
_FIRST_YEAR = 1826  # of the oldest photograph that survives

_TIME = re.compile(r"(\d{4})\D(\d\d?)\D(\d\d?)[ T]+(\d\d?):(\d\d):(\d\d)", re.ASCII)
_FRACTION = re.compile(r"\d+", re.ASCII)


def exif_of(first: Tags) -> Exif:
    """Read the EXIF values of an image, given the tags of its first directory.

    Times are in s, lengths in mm, positions in degrees and m. When it was taken is local time: the
    clock of the camera, whose time zone few cameras know.

    What is absent, broken or makes no sense is left out; so is the time of the last change, which
    is no time of capture.

    Raises:
        OSError: the file cannot be read.
    """
    tags = first | first.behind(_EXIF)
    values = {
        "captured": _captured(tags),
        "camera": _camera(tags.text(_MAKE), tags.text(_MODEL)),
        "lens": tags.text(_LENS),
        "exposure_time": tags.positive(_EXPOSURE_TIME, _MAX_EXPOSURE_S)
        or _apex(tags, _SHUTTER_SPEED, -1),
        "f_number": tags.positive(_F_NUMBER, _MAX_F_NUMBER) or _apex(tags, _APERTURE, 0.5),
        "iso": _iso(tags),
        "focal_length": tags.positive(_FOCAL_LENGTH, _MAX_LENGTH_MM),
        "focal_length_35mm": _rounded(tags.positive(_FOCAL_LENGTH_35MM, _MAX_LENGTH_MM)),
        "gps": _gps(tags.behind(_GPS)),
    }
    return {key: value for key, value in values.items() if value is not None}


def _captured(tags: Tags) -> datetime | None:
    times = (_time(tags.text(time), tags.text(fraction)) for time, fraction in _TIMES)
    return next((time for time in times if time is not None), None)


def _time(text: str | None, fraction: str | None) -> datetime | None:
    """Read a time such as "2004:08:31 19:52:58", and the decimal digits of its fraction."""
    match = _TIME.match(text or "")
    digits = _FRACTION.match(fraction or "")
    microsecond = int(digits[0][:6].ljust(6, "0")) if digits else 0
    if match is None or int(match[1]) < _FIRST_YEAR:
        return None
    year, month, day, hour, minute, second = map(int, match.groups())
    try:
        return datetime(year, month, day, hour, minute, second, microsecond)  # noqa: DTZ001 - local
    except ValueError:
        return None


def _camera(make: str | None, model: str | None) -> str | None:
    """Join make and model; most models begin with what the make is known by."""
    if make is None or model is None:
        return make or model
    folded = model.casefold()
    named = folded.split()[0] in make.casefold().split() or folded.startswith(make.casefold())
    return model if named else f"{make} {model}"


def _apex(tags: Tags, tag: int, scale: float) -> float | None:
    """Turn a logarithm to the base of two, which some cameras write instead, into the value."""
    power = next(iter(tags.numbers(tag)), 0)
    return exp2(scale * power) if 0 < abs(power) < _MAX_APEX else None


def _iso(tags: Tags) -> int | None:
    large = (tags.positive(tag, _MAX_ISO) for tag in _LARGE_ISOS)
    return _rounded(tags.positive(_ISO, _MAX_SHORT_ISO) or next(filter(None, large), None))


def _rounded(number: float | None) -> int | None:
    return None if number is None else round(number) or None


def _gps(tags: Tags) -> dict[str, float] | None:
    lat = _degrees(tags, _LATITUDE, "NS", 90)
    lon = _degrees(tags, _LONGITUDE, "EW", 180)
    if lat is None or lon is None or lat == lon == 0:  # zeros are what no reception looks like
        return None
    alt = _altitude(tags)
    return {"lat": lat, "lon": lon} | ({} if alt is None else {"alt": alt})


def _degrees(tags: Tags, tag: int, directions: str, limit: int) -> float | None:
    """Read an angle in degrees, minutes and seconds, of which the last ones may be unknown."""
    direction = (tags.text(tag - 1) or "?")[0].upper()
    parts = tags.numbers(tag)[:3]
    while len(parts) > 1 and isnan(parts[-1]):
        parts.pop()
    if direction not in directions or not parts or not all(part >= 0 for part in parts):
        return None
    degrees = sum(part / scale for part, scale in zip(parts, (1, 60, 3600), strict=False))
    if degrees > limit or max(parts[1:], default=0) > 60:
        return None
    rounded = round(degrees, _DECIMALS)
    return rounded if direction == directions[0] else 0.0 - rounded


def _altitude(tags: Tags) -> float | None:
    metres = next(iter(tags.numbers(_ALTITUDE)), None)
    if metres is None or not abs(metres) <= _MAX_ALTITUDE_M:
        return None
    below = next(iter(tags.numbers(_ALTITUDE - 1)), 0) in _BELOW_SEA
    return 0.0 - metres if below else metres
