"""What the tests of the face start from."""

import pytest

from samples import in_memory


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def dataset():
    """Five samples in memory, with a rank each."""
    paths = [f"/photos/{number}.jpg" for number in range(5)]
    return in_memory(paths, rank=range(5))
