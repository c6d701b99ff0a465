"""Files moved or replaced while their dataset is open: no edit goes where no load looks."""

import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import framegrid as fg
from conflicts_helpers import copy, files, journal_of, made, values
from framegrid.base import ConflictError
from framegrid.storage.journal import journal


def move_away(file, _):
    file.rename("elsewhere")


def move_over(file, other):
    other.rename(file)


def copy_over(file, other):
    shutil.copy(other, file)


def copy_over_with_times(file, other):
    shutil.copy2(other, file)
    os.utime(file, ns=(0, 0))


def another_dataset(name):
    fg.ImageDataset.from_dataframe(pd.DataFrame({"path": ["x.jpg"]})).save(name)
    with fg.ImageDataset.load(name) as dataset:
        dataset.get_sample(0).metadata["by"] = "x"


def same_edits_of_the_same_process(name):
    """What is in the journals differs in nothing but values."""
    dataset = fg.ImageDataset.load(name)
    for number in range(3):
        dataset.get_sample(number).metadata["by"] = f"your{number}"
    return dataset


def is_refused(dataset, where):
    with pytest.raises(ConflictError):
        dataset.get_sample(4).metadata["by"] = "refused-edit"
    before = files()
    assert not any(b"refused-edit" in data for data in before.values())
    with pytest.raises(ConflictError, match="Until it is loaded again"):
        dataset.save()
    with pytest.warns(RuntimeWarning, match=f"was closed and not saved.*{where}"):
        dataset.close()
    assert files() == before
    dataset.save("kept")
    return values("kept")


@pytest.mark.parametrize("edits", [0, 2])
@pytest.mark.parametrize("replace", [move_away, move_over, copy_over])
def test_a_journal_that_is_no_more_where_it_was(original, edits, replace):
    another_dataset("b")
    dataset = fg.ImageDataset.load("a")
    for number in range(edits):
        dataset.get_sample(number).metadata["by"] = f"mine{number}"
    replace(journal_of("a"), journal_of("b"))
    assert is_refused(dataset, "only in memory") == made("mine", edits)


@pytest.mark.parametrize("replace", [move_over, copy_over])
def test_a_journal_that_an_older_copy_took_the_place_of(original, replace):
    copy("a", "b", journal=True)
    dataset = fg.ImageDataset.load("a")
    dataset.get_sample(0).metadata["by"] = "mine0"
    replace(journal_of("a"), journal_of("b"))
    assert is_refused(dataset, "only in memory") == made("mine", 1)


def test_a_journal_whose_copy_got_as_many_edits_in_the_same_process(original):
    dataset = fg.ImageDataset.load("a")
    dataset.get_sample(0).metadata["by"] = "mine0"
    copy("a", "b", journal=True)
    other = same_edits_of_the_same_process("b")
    for number in range(1, 4):
        dataset.get_sample(number).metadata["by"] = f"mine{number}"
    shutil.copy(journal_of("b"), journal_of("a"))
    assert is_refused(dataset, "only in memory") == made("mine", 4)
    other.close()


def test_a_journal_put_back_is_found_again(original):
    dataset = fg.ImageDataset.load("a")
    dataset.get_sample(0).metadata["by"] = "mine0"
    journal_of("a").rename("elsewhere")
    with pytest.raises(ConflictError, match="put it back"):
        dataset.get_sample(1).metadata["by"] = "more"
    Path("elsewhere").rename(journal_of("a"))
    with pytest.warns(RuntimeWarning, match=r"are in its journal .*a\.parquet\.journal"):
        dataset.close()
    assert values("a") == made("mine", 1)


def test_a_folder_that_another_took_the_place_of(original):
    """As when a backup is restored."""
    Path("folder").mkdir()
    for file in ("a.parquet", "a.parquet.journal"):
        shutil.move(file, "folder")
    shutil.copytree("folder", "backup")
    dataset = fg.ImageDataset.load("folder/a")
    dataset.get_sample(0).metadata["by"] = "mine0"
    Path("folder").rename("old")
    Path("backup").rename("folder")
    with pytest.raises(ConflictError):
        dataset.get_sample(1).metadata["by"] = "more"
    with pytest.warns(RuntimeWarning, match="only in memory"):
        dataset.close()
    assert values("folder/a") == made("mine", 0)
    assert values("old/a") == made("mine", 1)


def later_copy():
    copy("a", "b")
    with fg.ImageDataset.load("b") as other:
        other.get_sample(0).metadata["by"] = "B0"


def stranger():
    another_dataset("b")


def of_another_program():
    pd.DataFrame({"path": ["x.jpg"]}).to_parquet("b.parquet")


def nothing():
    Path("b.parquet").touch()


DEEP = "[" * 100_000


def footer(**facts):
    """A file whose footer begins as ours does, and goes on with nonsense."""

    def write():
        text = json.dumps({"seal": "0" * 8, **facts}).replace(f'"{DEEP}"', DEEP)
        ours = {b"framegrid": text.encode()}
        table = pa.table({"path": ["x.jpg"]}).replace_schema_metadata(ours)
        pq.write_table(table, "b.parquet")

    return write


THEIRS = {
    "later": later_copy,
    "stranger": stranger,
    "program": of_another_program,
    "nothing": nothing,
    "no facts": footer(),
    "version of text": footer(version="2", dataset="ab" * 16, seq=0),
    "dataset of a number": footer(version=2, dataset=3, seq=0, digest="", trail=""),
    "dataset of letters": footer(version=2, dataset="xyz", seq=0, digest="", trail=""),
    "number of text": footer(version=2, dataset="ab" * 16, seq="x", digest="", trail=""),
    "trail of a list": footer(version=2, dataset="ab" * 16, seq=0, digest="", trail=[]),
    "lists in lists": footer(version=2, dataset="ab" * 16, seq=DEEP),
    "infinite version": footer(version=float("nan"), dataset="ab" * 16, seq=0),
}


@pytest.mark.parametrize("replace", [move_over, copy_over, copy_over_with_times])
@pytest.mark.parametrize("theirs", THEIRS)
def test_a_parquet_file_that_was_replaced(original, monkeypatch, replace, theirs):
    monkeypatch.setattr(journal, "_BREATH", -1)  # as after any pause
    THEIRS[theirs]()
    dataset = fg.ImageDataset.load("a")
    dataset.get_sample(0).metadata["by"] = "mine0"
    replace(Path("a.parquet"), Path("b.parquet"))
    assert is_refused(dataset, "journal") == made("mine", 1)


def test_a_parquet_file_that_is_gone_is_missed_until_it_is_back(original, monkeypatch):
    monkeypatch.setattr(journal, "_BREATH", -1)
    dataset = fg.ImageDataset.load("a")
    dataset.get_sample(0).metadata["by"] = "mine0"
    original.rename("elsewhere")
    for _ in range(2):
        with pytest.raises(FileNotFoundError, match="put it back"):
            dataset.get_sample(4).metadata["by"] = "refused-edit"
        with pytest.raises(FileNotFoundError, match="put it back"):
            dataset.save()
    assert not any(b"refused-edit" in data for data in files().values())
    Path("elsewhere").rename(original)
    dataset.get_sample(1).metadata["by"] = "mine1"
    dataset.close()
    assert values("a") == made("mine", 2)


def test_a_parquet_file_of_the_same_history_is_gone_on_with(original):
    dataset = fg.ImageDataset.load("a")
    copy("a", "b")
    dataset.get_sample(0).metadata["by"] = "mine0"
    dataset.save()
    shutil.copy("b.parquet", "a.parquet")  # older, and nothing is in it that is not in memory
    dataset.get_sample(1).metadata["by"] = "mine1"
    dataset.close()
    assert values("a") == made("mine", 2)


def test_who_only_looks_is_told(original):
    dataset = fg.ImageDataset.load("a")
    journal_of("a").rename("elsewhere")
    with pytest.raises(ConflictError, match="moved away"):
        len(dataset.df)
    with pytest.warns(RuntimeWarning, match="not saved"):
        dataset.close()
