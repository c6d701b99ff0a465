"""What several tests of conflicts share."""

import os
import shutil
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import framegrid as fg

SAMPLES = 6


def journal_of(name):
    return Path(f"{name}.parquet.journal")


def edit(name, by, count, *, kill=False):
    """Set so many values in a process of its own, which closes or is killed."""
    end = "os.kill(os.getpid(), signal.SIGKILL)" if kill else "dataset.close()"
    code = (
        "import os, signal, sys, framegrid as fg\n"
        "dataset = fg.ImageDataset.load(sys.argv[1])\n"
        "for number in range(int(sys.argv[3])):\n"
        "    dataset.get_sample(number).metadata['by'] = sys.argv[2] + str(number)\n" + end
    )
    search = os.pathsep.join([str(Path(fg.__file__).parents[1]), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", code, name, by, str(count)],
        env=os.environ | {"PYTHONPATH": search},
        check=False,
    )
    assert done.returncode == (-signal.SIGKILL if kill else 0)


def values(name, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        with fg.ImageDataset.load(name, **options) as dataset:
            return dataset.df["by"].tolist()


def made(by, count):
    return [
        *(f"{by}{number}" for number in range(count)),
        *["nobody"] * (SAMPLES - 1 - count),
        "first",
    ][:SAMPLES]


def files():
    return {file.name: file.read_bytes() for file in Path().iterdir() if file.is_file()}


def copy(source, target, *, journal=False):
    shutil.copy(f"{source}.parquet", f"{target}.parquet")
    if journal:
        shutil.copy(journal_of(source), journal_of(target))
