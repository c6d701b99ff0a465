"""What changed in a million samples, and their summary, against what pandas takes for it."""

import numpy as np
import pandas as pd
import pytest

import framegrid as fg

SAMPLES = 1_000_000
CHANGED = 1_000


@pytest.fixture(scope="module")
def million(tmp_path_factory):
    """A million samples with ten keys, saved, of which a thousand changed since."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({f"score{number}": rng.normal(size=SAMPLES) for number in range(6)})
    frame["label"] = rng.choice(["cat", "dog", "bird"], SAMPLES)
    frame["count"] = rng.integers(0, 1000, SAMPLES)
    frame["is_sharp"] = rng.integers(0, 2, SAMPLES).astype(bool)
    frame["taken"] = pd.Timestamp("2024") + pd.to_timedelta(rng.integers(0, 10**6, SAMPLES), "s")
    frame["path"] = "/photos/" + pd.Series(range(SAMPLES)).astype(str) + ".jpg"
    frame["width"], frame["height"] = 64, 48
    with fg.ImageDataset.from_dataframe(frame) as dataset:
        dataset.save(tmp_path_factory.mktemp("million") / "photos")
        dataset.update_metadata({number: {"label": "fox"} for number in range(CHANGED)})
        dataset.save()
        yield dataset


def test_changes_since_a_backup(million, compare):
    backup = million.path.with_name("photos.parquet.bak")

    def by_pandas():
        """two frames read and compared by pandas"""
        old, new = pd.read_parquet(backup), pd.read_parquet(million.path)
        old.compare(new)

    assert len(million.changes(backup)) == CHANGED
    compare("changes since a backup", lambda: million.changes(backup), by_pandas, rounds=3)


def test_summary(million, compare):
    frame = million.df[list(million.schema)]

    def by_pandas():
        """as much by pandas"""
        for key in frame:
            values = frame[key]
            values.nunique(), values.min(), values.max(), values.value_counts().idxmax()
        frame.mean(numeric_only=True)

    compare("summary", million.summary, by_pandas, rounds=3)


def test_a_single_set(million, compare, tmp_path):
    """Nothing is noted for ``changes`` but what ``undo`` has: before, it took as long."""
    metadata = million.get_sample(0).metadata
    plain = {}

    def ours():
        for number in range(1000):
            metadata["count"] = number

    def baseline():
        """a JSON line written to a file"""
        with (tmp_path / "lines").open("a", buffering=1) as file:
            for number in range(1000):
                plain["count"] = number
                file.write(f'[0,{{"count":{number}}},{{}},[]]\n')

    compare("a single set", ours, baseline, each=1000)
