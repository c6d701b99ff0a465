"""How surprising a difference is: logarithms of p-values, since those of a million underflow."""

import math

import numpy as np

DISCOVERY_RATE = 0.05
"""Of the keys that are said to differ no larger part is expected not to."""

# What is smaller than this part of a sum changes it no more.
_NEGLIGIBLE = 1e-17
_BLOCK = 512
# Below, the probability differs from 1 by less than a double tells.
_CERTAIN = 0.18


def log_kolmogorov(x: float) -> float:
    """The logarithm of the probability that Kolmogorov's distribution exceeds `x`.

    That is the limit for large samples of the greatest distance of two distributions, scaled by the
    root of n m / (n + m); of small samples, and of values with ties, it is an upper bound.
    """
    if x < _CERTAIN:
        return 0.0
    if x < 1:  # the series by Jacobi's theta function, quick where the other one is slow
        terms = (math.exp(-(((2 * k - 1) * math.pi / x) ** 2) / 8) for k in (1, 2, 3, 4))
        return math.log1p(-math.sqrt(2 * math.pi) / x * sum(terms))
    more = sum((-1) ** (k - 1) * math.exp(-2 * (k * k - 1) * x * x) for k in (2, 3, 4, 5))
    return math.log(2) - 2 * x * x + math.log1p(more)


def log_hypergeometric(marked: int, drawn: int, all_marked: int, everything: int) -> float:
    """The logarithm of twice the probability of a draw no less odd, to the side that it is odd on.

    Exact, as Fisher's test is: of a draw without replacement in which marks mean nothing.

    Args:
        marked: how many of those drawn are marked.
        drawn: how many are drawn.
        all_marked: how many are marked.
        everything: how many there are.
    """
    if marked * everything < drawn * all_marked:  # few: then many of the others are drawn
        marked, all_marked = drawn - marked, everything - all_marked
    greatest = min(drawn, all_marked)
    tail, term, first = 1.0, 1.0, marked
    while first < greatest and term > tail * _NEGLIGIBLE:
        k = np.arange(first, min(first + _BLOCK, greatest), dtype=np.float64)
        steps = (all_marked - k) * (drawn - k)
        steps /= (k + 1) * (everything - all_marked - drawn + k + 1)
        terms = term * np.cumprod(steps)
        tail, term, first = tail + float(terms.sum()), float(terms[-1]), first + _BLOCK
    odds = (
        _log_choices(all_marked, marked)
        + _log_choices(everything - all_marked, drawn - marked)
        - _log_choices(everything, drawn)
    )
    return min(0.0, math.log(2) + odds + math.log(tail))


def discoveries(log_ps: list[float]) -> list[bool]:
    """Which of several p-values stand out, at ``DISCOVERY_RATE``, by Benjamini and Hochberg.

    Args:
        log_ps: their logarithms.
    """
    ascending = sorted(log_ps)
    limits = (math.log(DISCOVERY_RATE * (i + 1) / len(log_ps)) for i in range(len(log_ps)))
    under = [log_p for log_p, limit in zip(ascending, limits, strict=True) if log_p <= limit]
    return [bool(under) and log_p <= under[-1] for log_p in log_ps]


def _log_choices(of: int, taken: int) -> float:
    return math.lgamma(of + 1) - math.lgamma(taken + 1) - math.lgamma(of - taken + 1)
