"""What the tests of imports start from."""

import pytest

from metadata_files import PATHS
from samples import in_memory


@pytest.fixture
def dataset():
    """Four samples in memory, two of them with the same file name."""
    return in_memory(PATHS, rank=[1, 2, 3, 4])
