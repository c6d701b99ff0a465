"""The line that says what an update or import did."""

from collections import Counter
from collections.abc import Mapping

import pandas as pd

_KEYS = 5
_LONGEST = 40


def line(
    set_on: Mapping[str, int],
    samples: int,
    rows: Mapping[str, int],
    keys: "Mapping[str, pd.Series[str]]",
) -> str:
    """The line, as in ``reject: set on 1,000 of 1,000 samples``.

    Args:
        set_on: by key, the number of samples that got a value.
        samples: the number of samples in the dataset.
        rows: the numbers of rows that were left out, ``unmatched_rows`` and ``repeated``.
        keys: the key of each value left out, ``conflicts``, and taken away, ``removed``.
    """
    left_out, removed = keys["conflicts"], keys["removed"]
    parts = {
        "without a sample": (rows["unmatched_rows"], "row"),
        "left out, as several are for one sample": (rows["repeated"], "row"),
        f"left out ({_listed(left_out)})": (len(left_out), "value"),
        f"removed ({_listed(removed)})": (len(removed), "value"),
    }
    said = [f"{counted(*what)} {did}" for did, what in parts.items() if what[0]]
    return "; ".join([_set(set_on, samples), *said])


def counted(count: int, noun: str) -> str:
    """A number of things, as in ``1 row`` or ``2,000 rows``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _set(set_on: Mapping[str, int], samples: int) -> str:
    given = {key: count for key, count in set_on.items() if count}
    of = f"of {counted(samples, 'sample')}"
    if not given:
        return "nothing set"
    names = _listed(given)
    counts = set(given.values())
    if len(counts) == 1:
        return f"{names}: set on {counts.pop():,} {of}"
    if len(given) > _KEYS:
        return f"{names}: set on up to {max(counts):,} {of}"
    first, *rest = [(_name(key), f"{count:,}") for key, count in given.items()]
    others = "".join(f", {key}: on {count}" for key, count in rest)
    return f"{first[0]}: set on {first[1]}{others} {of}"


def _listed(keys: "Mapping[str, int] | pd.Series[str]") -> str:
    names = list(Counter(keys))
    more = f" and {counted(len(names) - _KEYS, 'more key')}" if len(names) > _KEYS else ""
    return f"{', '.join(map(_name, names[:_KEYS]))}{more}"


def _name(key: str) -> str:
    """A key in a line: shortened, and without what would break the line."""
    short = key if len(key) <= _LONGEST else f"{key[: _LONGEST - 1]}…"
    return short if short.isprintable() else repr(short)
