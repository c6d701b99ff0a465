"""Which integers are exact as doubles: as floats, and as the numbers of a browser."""

import sys

MAX_EXACT = 2**53
"""Every integer up to here, in size, is."""

_LARGEST = sys.float_info.max


def is_double(integer: int) -> bool:
    """Whether a double is exactly an integer, which may be of any size."""
    return abs(integer) <= _LARGEST and float(integer) == integer
