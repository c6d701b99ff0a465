"""What the tests of conflicts start from."""

from pathlib import Path

import pandas as pd
import pytest

import framegrid as fg
from conflicts_helpers import SAMPLES


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def original():
    """A dataset of six samples, closed."""
    paths = [f"/photos/{number}.jpg" for number in range(SAMPLES)]
    frame = pd.DataFrame({"path": paths, "width": 4, "height": 3, "by": "nobody"})
    dataset = fg.ImageDataset.from_dataframe(frame)
    dataset.save("a")
    dataset.get_sample(SAMPLES - 1).metadata["by"] = "first"
    dataset.close()
    return Path("a.parquet")
