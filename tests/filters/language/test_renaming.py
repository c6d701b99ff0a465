"""Filters on keys that get other names."""

import pytest

from framegrid import filters


@pytest.mark.parametrize(
    ("name", "renames", "expected"),
    [
        ("a", [("a", "b")], "b"),
        ("a", [("a", "b"), ("b", "a")], "a"),
        ("a.b", [("a", "c d")], "c d.b"),
        ("a.column", [("a", "c")], "a.column"),
        ("ab", [("a", "c")], "ab"),
        ("", [("a", "c")], ""),
    ],
)
def test_a_key_follows_its_renames(name, renames, expected):
    assert filters.renamed(name, renames, {"a.column": "float"}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abs(abs) < 1", "abs(`b c`) < 1"),
        ("abs.x < 1 and `abs`.isna()", "`b c`.x < 1 and `b c`.isna()"),
        ("`abs.x` < 1", "`b c.x` < 1"),
        ("other == 'abs'", "other == 'abs'"),
    ],
)
def test_an_expression_follows_its_keys(text, expected):
    carried = filters.carried({"": {"query": text}}, [("abs", "b c")], {})
    assert carried == {"": {"query": expected}}
