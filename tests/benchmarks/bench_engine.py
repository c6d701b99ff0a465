"""The dataset at 10,000 and at 1,000,000 samples with 10 keys."""

import json
import os
import random
import subprocess
import sys
import threading
import time

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import framegrid as fg

KEYS = ["brightness", "red", "green", "blue"]
MANY = 10_000  # single accesses, of random samples
MEMORY = """
{work}
with open("/proc/self/status") as status:
    facts = dict(line.split(":", 1) for line in status)
for name in ("VmRSS", "VmHWM"):
    print(facts[name].split()[0])
"""


def named(what, dataset):
    return f"{what}, {len(dataset):,} samples"


def values(dataset):
    return pd.DataFrame(np.random.default_rng(1).random((len(dataset), len(KEYS))), columns=KEYS)


def some(dataset):
    ids = random.Random(1).choices(range(len(dataset)), k=MANY)
    return [(id_, dataset.get_sample(id_).metadata) for id_ in ids]


def test_ingest(compare, many_photos, tmp_path):
    names = iter(range(100))
    files = list(many_photos.iterdir())

    def ours():
        with fg.ImageDataset.create(tmp_path / f"ingest{next(names)}") as dataset:
            dataset.add_images_from_path(many_photos, progress=False)

    def headers():
        """header-only PIL.Image.open in one thread."""
        for path in files:
            with Image.open(path) as image:
                assert image.size

    compare("ingest of a small file", ours, headers, rounds=3, each=len(files))


def test_single_set(compare, dataset, tmp_path):
    samples = some(dataset)

    def ours():
        for _, metadata in samples:
            metadata["score1"] = 0.5

    def append():
        """a line of JSON written to a file and flushed, for each."""
        with (tmp_path / "edits.jsonl").open("a") as file:
            for id_, _ in samples:
                file.write(json.dumps({"id": id_, "score1": 0.5}))
                file.flush()

    compare(named("one durable set", dataset), ours, append, each=MANY)


@pytest.mark.parametrize("key", ["score1", "label"])
def test_get(compare, dataset, key):
    samples, frame = some(dataset), dataset.df

    def ours():
        for _, metadata in samples:
            assert metadata[key] is not None

    def at():
        """frame.at of the DataFrame."""
        for id_, _ in samples:
            assert frame.at[id_, key] is not None  # noqa: PD008 - the fastest that pandas has

    compare(named(f"one get of {key}", dataset), ours, at, each=MANY)


def test_iteration(compare, dataset):
    frame = dataset.df

    def ours():
        assert sum(sample.metadata["score1"] < 2 for sample in dataset) == len(frame)

    def rows():
        """DataFrame.itertuples."""
        assert sum(row.score1 < 2 for row in frame.itertuples()) == len(frame)

    compare(named("reading a key of all in a loop", dataset), ours, rows, rounds=3)


@pytest.mark.parametrize("order", ["in order", "shuffled"])
def test_bulk_update(compare, dataset, order):
    updates = list(enumerate(values(dataset).to_dict("records")))
    if order == "shuffled":
        random.Random(1).shuffle(updates)

    def ours():
        dataset.update_metadata(updates)

    def frame():
        """pd.DataFrame of the same dicts, in memory only."""
        pd.DataFrame([given for _, given in updates], index=[id_ for id_, _ in updates])

    compare(named(f"update of 4 keys, dicts {order}", dataset), ours, frame, rounds=3)


def test_bulk_update_of_a_frame(compare, dataset, tmp_path):
    update = values(dataset)

    def ours():
        dataset.update_metadata(update)

    def write():
        """the same frame written to an uncompressed Feather file."""
        update.to_feather(tmp_path / "update.feather", compression="uncompressed")

    compare(named("update of 4 keys, a DataFrame", dataset), ours, write)


def test_df_after_an_edit(compare, dataset):
    metadata = dataset.get_sample(0).metadata
    plain = dataset.df

    def ours():
        metadata["score1"] = 0.25
        assert len(dataset.df) == len(plain)

    def copy():
        """a deep copy of the frame."""
        plain.copy(deep=True)

    compare(named("df after an edit", dataset), ours, copy, rounds=15)


def test_load(compare, dataset):
    path = dataset.path
    dataset.close()

    def ours():
        fg.ImageDataset.load(path).close()

    def read():
        """pandas.read_parquet."""
        pd.read_parquet(path)

    compare(named("load", dataset), ours, read)


def test_memory(report, dataset):
    path = str(dataset.path)
    dataset.close()
    ours = f"import framegrid as fg; dataset = fg.ImageDataset.load({path!r}); frame = dataset.df"
    mine, peak = memory(ours)
    theirs, _ = memory(f"import pandas as pd; frame = pd.read_parquet({path!r})")
    report(
        f"{named('memory with df', dataset)}: {mine:.0f} MB, at most {peak:.0f} MB, "
        f"{mine / theirs:.2f} x a process with pandas.read_parquet"
    )


def memory(work):
    """Megabytes of a process that did this, now and at most."""
    program = [sys.executable, "-c", MEMORY.format(work=work)]
    answer = subprocess.run(program, check=True, capture_output=True, text=True)
    return [int(kilobytes) / 1000 for kilobytes in answer.stdout.split()]


def test_edits_during_a_snapshot(report, dataset):
    edits = [metadata for _, metadata in some(dataset)]
    edits[0]["score1"] = 0.5
    saving = threading.Thread(target=dataset.save)
    start = time.perf_counter()
    saving.start()
    during = longest_edit(edits, saving.is_alive)
    end = 2 * time.perf_counter() - start
    alone = longest_edit(edits, lambda: time.perf_counter() < end)
    report(
        f"{named('longest edit during a snapshot', dataset)}: {1e3 * during:.1f} ms, "
        f"{1e3 * alone:.1f} ms without one, by {os.cpu_count()} cores"
    )


def longest_edit(edits, is_on):
    """Edit now and then, as people and their loops do, and give the longest time that one took."""
    longest = 0.0
    for metadata in edits:
        start = time.perf_counter()
        metadata["score1"] = 0.5
        longest = max(longest, time.perf_counter() - start)
        time.sleep(0.0005)
        if not is_on():
            break
    return longest
