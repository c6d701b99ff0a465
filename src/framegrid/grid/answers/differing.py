"""In which keys some samples differ from the others; twin of ``js/src/saved/differing.ts``.

Numbers by the largest distance of the two distributions at the steps of their slider (Smirnov,
"Table for Estimating the Goodness of Fit of Empirical Distributions", 1948); values, elements of
lists and missing ones by log-odds, smoothed by one half (Haldane, "The Estimation and Significance
of the Logarithm of a Ratio of Frequencies", 1956), of the value that stands out most, and the exact
test of Fisher ("Statistical Methods for Research Workers", 1934), as often as there are values. The
p-value of a key is the least of its tests times their number (Bonferroni), so that a key with many
values finds no more by chance than others; of all keys those differ that stand out at a false
discovery rate (Benjamini and Hochberg, "Controlling the False Discovery Rate", 1995).
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from framegrid.base import FilterError
from framegrid.grid.answers.arrays import Encoded
from framegrid.grid.answers.grid_view import GridView
from framegrid.grid.answers.shown import Question, passing
from framegrid.grid.answers.significance import discoveries, log_hypergeometric, log_kolmogorov
from framegrid.grid.protocol import Json, to_value

# Each key is asked twice: how its values differ, and whether more of them are missing.
_TESTS = 2
# Values whose differences are as good as equal: the commonest of them is named.
_ALIKE = 1 - 1e-9


@dataclass(frozen=True, slots=True)
class Difference:
    """How some samples differ from the others in a key.

    Attributes:
        key: the key.
        kind: of what the difference is.
        effect: of ranges the largest distance of the two distributions, from 0 to 1; otherwise the
            log-odds, which are negative where those samples have fewer.
        value: of which there are more or fewer; None for other kinds.
        support: how many of those samples have a value, or that value; or lack one.
        log_p: the logarithm of the key's p-value.
        different: whether it stands out among all keys.
        more: whether those samples have higher numbers, or more with the value, or without one.
    """

    key: str
    kind: Literal["range", "values", "missing"]
    effect: float
    value: Any
    support: int
    log_p: float
    more: bool
    different: bool = False

    @property
    def direction(self) -> str:
        """In words; ``""`` where there is no difference."""
        if not self.effect:
            return ""
        if self.kind == "range":
            return "higher" if self.more else "lower"
        what = "missing" if self.kind == "missing" else self.value
        return f"{'more' if self.more else 'fewer'} {what}"


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """What is compared.

    Attributes:
        mask: (N,) bool, the samples that are compared with the others.
        what: they do or are, for a message.
        filtered: keys in which they differ since a filter says so.
    """

    mask: np.ndarray
    what: str
    filtered: frozenset[str]

    @property
    def counts(self) -> tuple[int, int]:
        """How many samples are on either side."""
        inside = int(np.count_nonzero(self.mask))
        return inside, len(self.mask) - inside


def sides(question: Question, selected: Any, view: GridView) -> Sides:
    """The samples selected, if any are, or else those that pass, against all the others.

    Raises:
        UnknownKeyError, FilterError: as for ``passing``.
    """
    known = view.known(selected)
    if len(known):
        return Sides(view.mask(known), "selected", frozenset())
    return Sides(passing(question, view), "shown", frozenset(question.filters))


def differences(
    view: GridView, codes_of: Callable[[str], Encoded], both: Sides
) -> list[Difference]:
    """How samples differ from the others: a key each, the surest first; none if a side is empty.

    Args:
        view: of the dataset.
        codes_of: the codes of a key as the browser has them, and their header.
        both: which samples.
    """
    inside, outside = both.counts
    if not inside or not outside:
        return []
    is_few = inside <= outside
    rows = np.flatnonzero(both.mask if is_few else ~both.mask)
    found = []
    for key in (info["key"] for info in view.keys):
        if key in both.filtered:
            continue
        codes, header = codes_of(key)
        size = missing_code(header) + 1
        of_all = view.of_column("counts of codes", key, lambda c=codes, s=size: _counted(c, s))  # type: ignore[misc]
        some = _counted(codes.take(rows), size)
        found.append(compared(key, header, *((some, of_all - some)[:: 1 if is_few else -1])))
    return judged(found)


def frame(found: list[Difference]) -> pd.DataFrame:
    """Differences as a table, in their order."""
    return pd.DataFrame(
        {
            "key": pd.Series([each.key for each in found], dtype=object),
            "kind": pd.Series([each.kind for each in found], dtype=object),
            "effect": np.array([each.effect for each in found], np.float64),
            "direction": pd.Series([each.direction for each in found], dtype=object),
            "support": np.array([each.support for each in found], np.int64),
            "different": np.array([each.different for each in found], np.bool_),
        }
    )


def on_wire(both: Sides, found: list[Difference]) -> Json:
    """What the browser is told."""
    inside, outside = both.counts
    told = ("key", "kind", "effect", "value", "more", "support", "different")
    keys = [{name: to_value(getattr(each, name)) for name in told} for each in found]
    return {"inside": inside, "outside": outside, "keys": keys}


def check_both_sides(both: Sides) -> None:
    """Raise unless there is something to compare.

    Raises:
        FilterError: there are no samples on a side.
    """
    inside, outside = both.counts
    if not inside or not outside:
        which = f"all {inside:,} samples are" if inside else "no sample is"
        raise FilterError(
            f"{which} {both.what}, so there is nothing to compare: set grid.filters or "
            "grid.rows such that some samples pass and others do not, or grid.selected"
        )


def missing_code(header: Json) -> int:
    """The code of what is missing, which is the last one."""
    match header["kind"]:
        case "range":
            return 2 * len(header["edges"]) + 1
        case "values":
            return len(header["values"])
        case "elements":
            return len(header["combinations"])
    return 1


def compared(key: str, header: Json, inside: np.ndarray, outside: np.ndarray) -> Difference:
    """How two sides differ in a key, by how many of each have which code, missing last."""
    tests = [*_by_value(key, header, inside, outside), _missing(key, inside, outside)]
    surest = min(tests, key=lambda test: test.log_p)
    return replace(surest, log_p=min(0.0, surest.log_p + math.log(_TESTS)))


def judged(found: list[Difference]) -> list[Difference]:
    """The surest first, each with whether it stands out among all."""
    stands_out = discoveries([each.log_p for each in found])
    told = [
        replace(each, different=different)
        for each, different in zip(found, stands_out, strict=True)
    ]
    return sorted(told, key=lambda each: (each.log_p, -abs(each.effect)))


def _counted(codes: np.ndarray, size: int) -> np.ndarray:
    return np.bincount(codes, minlength=size)


def _by_value(
    key: str, header: Json, inside: np.ndarray, outside: np.ndarray
) -> Iterator[Difference]:
    some, others = inside[:-1], outside[:-1]
    count, rest = int(some.sum()), int(others.sum())
    if not count or not rest:
        return
    values = header.get("values")
    if header["kind"] == "range":
        yield _distance(key, some, others, count, rest)
    elif values:
        if header["kind"] == "elements":
            some, others = (_of_elements(header, counts) for counts in (some, others))
        place = _oddest(some, others, count, rest)
        odd = _odds(key, int(some[place]), int(others[place]), count, rest)
        # Who looks at many values finds one by chance; of two the one is not the other.
        tries = len(values) if len(values) > 2 or header["kind"] == "elements" else 1
        yield replace(
            odd,
            kind="values",
            value=values[place],
            log_p=min(0.0, odd.log_p + math.log(tries)),
        )


def _distance(key: str, some: np.ndarray, others: np.ndarray, count: int, rest: int) -> Difference:
    """The largest distance of two distributions over codes (Kolmogorov and Smirnov)."""
    ahead = np.cumsum(others) * count - np.cumsum(some) * rest
    place = int(np.argmax(np.abs(ahead)))
    distance = abs(int(ahead[place])) / (count * rest)
    scale = math.sqrt(count * rest / (count + rest))
    log_p = log_kolmogorov(distance * scale)
    return Difference(key, "range", distance, None, count, log_p, bool(ahead[place] > 0))


def _missing(key: str, inside: np.ndarray, outside: np.ndarray) -> Difference:
    return _odds(key, int(inside[-1]), int(outside[-1]), int(inside.sum()), int(outside.sum()))


def _odds(key: str, some: int, others: int, count: int, rest: int) -> Difference:
    """The log-odds of `some` of `count` against `others` of `rest`, smoothed by one half."""
    effect = 0.0
    if 0 < some + others < count + rest:
        odds = (some + 0.5) / (count - some + 0.5)
        effect = math.log(odds * (rest - others + 0.5) / (others + 0.5))
    log_p = log_hypergeometric(some, count, some + others, count + rest)
    more = some * rest > others * count
    return Difference(key, "missing", effect, None, some, log_p, more)


def _oddest(some: np.ndarray, others: np.ndarray, count: int, rest: int) -> int:
    """Of which value the counts are the oddest, by the ratio of likelihoods; more before fewer."""
    share = count / (count + rest)
    expected = (some + others) * share
    ratios = (
        _xlogy(some, expected)
        + _xlogy(count - some, count - expected)
        + _xlogy(others, (some + others) - expected)
        + _xlogy(rest - others, rest - (some + others) + expected)
    )
    alike = ratios >= ratios.max() * _ALIKE
    are_more = alike & (some * rest > others * count)
    return int(np.argmax(are_more if are_more.any() else alike))


def _xlogy(observed: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """The counts times the logarithms of how much larger than expected they are; 0 of none."""
    ratio = np.divide(observed, expected, out=np.ones(len(observed)), where=observed > 0)
    product: np.ndarray = observed * np.log(ratio)
    return product


def _of_elements(header: Json, counts: np.ndarray) -> np.ndarray:
    """How many lists have each element, from how many are which combination."""
    totals = np.zeros(len(header["values"]), np.int64)
    for combination, count in zip(header["combinations"], counts.tolist(), strict=True):
        totals[combination] += count
    return totals
