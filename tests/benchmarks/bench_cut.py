"""Steps of a cut through a million values, in the kernel."""

import pytest

from framegrid.grid import protocol
from framegrid.grid.answers.answers import Answers

STEPS = 100


@pytest.mark.parametrize("filters", [{}, {"score1": {"min": 0.5, "max": None, "missing": False}}])
def test_step(dataset, compare, filters):
    answers = Answers(dataset)
    values = dataset.df["score0"] if not filters else dataset.df.query("score1 >= 0.5")["score0"]
    at = 0.5

    def ask(samples):
        request = protocol.Cut("score0", at, filters, [0, 256], [0, 256], samples=samples)
        return answers.cut(request)["at"]

    ask(0)

    def stepping():
        nonlocal at
        for _ in range(STEPS):
            at = ask(1)

    def nearest():
        """a hundredth of the time in which pandas finds the nearest on both sides"""
        for _ in range(2):
            (values - at).abs().nsmallest(512)

    compare(f"a step among {len(values):,}", stepping, nearest, rounds=3, each=STEPS)
