"""What the tests of journal start from."""

import pytest

from journal_memory import Memory


@pytest.fixture
def path(tmp_path):
    return tmp_path / "photos.parquet.journal"


@pytest.fixture
def memory(path):
    """A journal of three records."""
    memory = Memory(path)
    memory.write(b"one", b"two", b"three")
    return memory
