"""What the tests of crash start from."""

import pytest

from crash_lives import new_samples
from framegrid.storage import AddSamples, create_store


@pytest.fixture
def path(tmp_path):
    """A dataset of three samples."""
    path = tmp_path / "photos.parquet"
    store = create_store(path)
    store.commit(lambda _: AddSamples(new_samples([0, 1, 2]), {}))
    store.close()
    return path
