"""What the tests of undo start from."""

import pandas as pd
import pytest

import framegrid as fg
from undo_helpers import VALUES


@pytest.fixture
def saved(tmp_path):
    """Three samples on disk, opened with their values."""
    paths = [f"/photos/{number}.jpg" for number in range(3)]
    frame = pd.DataFrame({"path": paths, "width": 4, "height": 3})
    made = fg.ImageDataset.from_dataframe(frame)
    rows = [{key: values[row] for key, values in VALUES.items()} for row in range(3)]
    made.update_metadata(enumerate(rows))
    made.save(tmp_path / "photos")
    made.close()
    with fg.ImageDataset.load(tmp_path / "photos") as dataset:
        yield dataset


@pytest.fixture(params=["on disk", "in memory"])
def dataset(request, saved):
    return saved if request.param == "on disk" else fg.ImageDataset.from_dataframe(saved.df)


@pytest.fixture
def other(saved):
    """The same dataset as another process has it."""
    with fg.ImageDataset.load(saved.path) as other:
        yield other
