"""What the tests of text files start from."""

import pytest

from samples import numbered


@pytest.fixture
def dataset():
    """Six samples in memory."""
    return numbered()


@pytest.fixture
def update(dataset, tmp_path):
    """Import a CSV file with this content."""

    def update(content, *args, **kwargs):
        path = tmp_path / "rows.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return dataset.update_metadata_from_csv(path, *args, **kwargs)

    return update
