"""The places that a dataset can live in, all by one contract."""

from itertools import count

import pytest

from framegrid import remote
from framegrid.storage import create_store, store_in_memory
from store_contract import KeptContract, MemoryContract


class TestFile(KeptContract):
    @pytest.fixture
    def make(self, tmp_path):
        numbers = count()
        return lambda: create_store(tmp_path / f"{next(numbers)}.parquet")

    def put(self, theirs, store):
        store.path.write_bytes(theirs.path.read_bytes())
        return self.bytes_of(store)

    def bytes_of(self, store):
        return store.path.read_bytes()


class TestObject(KeptContract):
    """On a local S3 server, and in fsspec's memory."""

    @pytest.fixture
    def make(self, folder, tmp_path, monkeypatch):
        monkeypatch.setenv("FRAMEGRID_CACHE_DIR", str(tmp_path / "cache"))
        numbers = count()
        return lambda: create_store(f"{folder}/{next(numbers)}.parquet")

    def put(self, theirs, store):
        data = remote.read(theirs.path)
        remote.replace(store.path, data, remote.status(store.path))
        return data

    def bytes_of(self, store):
        return remote.read(store.path)


class TestMemory(MemoryContract):
    @pytest.fixture
    def make(self):
        return store_in_memory
