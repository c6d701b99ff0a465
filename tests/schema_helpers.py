"""What several tests of schema share."""

import math

MAX, MIN = 2**63 - 1, -(2**63)
NAN, INF = math.nan, math.inf


def describe(position):
    return f"sample {position + 100}"
