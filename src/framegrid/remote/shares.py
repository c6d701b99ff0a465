r"""Paths of Windows that lead to other machines: ``\\host\share\photos\a.jpg``.

Opening one tells that machine who asks, with a proof of the user's password. So they are allowed
like buckets: where the user named the share. Elsewhere such a path is a name of a file.
"""

import os
import re
from typing import TypeGuard

IS_WINDOWS = os.name == "nt"

_DEVICE = re.compile(r"[\\/](?:[\\/][?.]|\?\?)[\\/]+")
_DRIVE = re.compile(r"[A-Za-z]:(?:[\\/]|$)")
_UNC = re.compile(r"UNC[\\/]+", re.IGNORECASE)
_TWO = re.compile(r"[\\/]{2}")
_SEPARATORS = re.compile(r"[\\/]+")
_START = "//"


def is_share(path: object) -> TypeGuard[str]:
    """Whether another machine would be asked for a path, on this system."""
    return IS_WINDOWS and isinstance(path, str) and spelled(path) is not None


def spelled(path: str) -> str | None:
    """The one spelling of a path to a share, ``//host/share/a.jpg``; None for one here.

    A device that is no drive counts as a share of the machine ``.``: some lead to others.
    """
    device = _DEVICE.match(path)
    rest = path[device.end() :] if device else path
    if device and _DRIVE.match(rest) and ".." not in _SEPARATORS.split(rest):
        return None
    if device:
        unc = _UNC.match(rest)
        rest = rest[unc.end() :] if unc else f"./{rest}"
    elif not _TWO.match(rest):
        return None
    parts = [part for part in _SEPARATORS.split(rest) if part]
    return _START + "/".join(parts).lower()


def place_of(share: str) -> str:
    """Host and share of the one spelling: ``//host/share/``."""
    return _START + "".join(f"{part}/" for part in share[len(_START) :].split("/")[:2])
