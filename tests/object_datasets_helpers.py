"""What several tests of object datasets share."""

import io
import subprocess
import sys
import textwrap

import pandas as pd

from framegrid import remote
from object_store import jpeg


def add(dataset, name):
    url = f"{dataset.path.rpartition('/')[0]}/more/{name}"
    if remote.status(url) is None:
        remote.create(url, jpeg(30, 10))
    dataset.add_images_from_path(url)


def stored(url):
    return pd.read_parquet(io.BytesIO(remote.read(url)))


def values(dataset, key):
    return dict(zip(dataset.df["file_name"], dataset.df[key], strict=True))


def run(code, url, **options):
    """Run Python code as a process, with `url` and `dataset`."""
    start = f"""
    import os, signal, sys, framegrid as fg
    url = {url!r}
    dataset = fg.ImageDataset.load(url)
    """
    code = textwrap.dedent(start) + textwrap.dedent(code)
    return subprocess.run([sys.executable, "-c", code], check=False, **options)
