"""Two histories that meet: never mixed, never lost without a word, and the way out is kept."""

import shutil
import warnings
from pathlib import Path

import pytest

import framegrid as fg
from conflicts_helpers import SAMPLES, copy, edit, files, journal_of, made, values
from framegrid.base import ConflictError

# A copy is another history.


@pytest.mark.parametrize(("of_b", "of_a"), [(3, 5), (3, 3), (5, 3), (1, 5), (5, 1)])
@pytest.mark.parametrize("brings_journal", [False, True])
def test_a_copy_over_a_killed_original(original, of_b, of_a, brings_journal):
    copy("a", "b")
    edit("b", "B", of_b)
    edit("a", "A", of_a, kill=True)
    copy("b", "a", journal=brings_journal)
    if brings_journal:
        assert values("a") == made("B", of_b)
        return
    before = files()
    with pytest.raises(ConflictError, match=r"'snapshot'.*'journal'.*'both'"):
        fg.ImageDataset.load("a")
    after = files()
    assert {name: after[name] for name in ("a.parquet", "a.parquet.bak")} == {
        name: before[name] for name in ("a.parquet", "a.parquet.bak")
    }
    assert len(after) == len(before)
    assert values("a", conflict="snapshot") == made("B", of_b)
    assert values("a") == made("B", of_b)


@pytest.mark.parametrize("of_b", [2, 5])
def test_a_killed_copy_with_its_journal_over_a_killed_original(original, of_b):
    copy("a", "b")
    edit("b", "B", of_b, kill=True)
    edit("a", "A", 5, kill=True)
    copy("b", "a", journal=True)
    assert values("a") == made("B", of_b)


def test_the_journal_of_a_copy_beside_the_original(original):
    copy("a", "b")
    edit("b", "B", 3)
    edit("b", "b", 2, kill=True)
    edit("a", "A", 5)
    shutil.copy(journal_of("b"), journal_of("a"))
    with pytest.raises(ConflictError):
        fg.ImageDataset.load("a")
    assert values("a", conflict="both") == made("A", 5)
    assert values("a-from-journal")[:2] == ["b0", "b1"]


@pytest.mark.parametrize(("of_b", "of_a"), [(3, 5), (4, 4), (5, 3)])
def test_a_closed_copy_over_a_closed_original_is_told(original, of_b, of_a):
    copy("a", "b")
    edit("b", "B", of_b)
    edit("a", "A", of_a)
    copy("b", "a")
    with pytest.raises(ConflictError):
        fg.ImageDataset.load("a")
    assert values("a", conflict="snapshot") == made("B", of_b)


def test_a_backup_put_back(original):
    edit("a", "A", 3)
    edit("a", "a", 2, kill=True)
    shutil.copy("a.parquet.bak", "a.parquet")
    with pytest.raises(ConflictError, match="older than its journal"):
        fg.ImageDataset.load("a")
    assert values("a", conflict="journal")[:2] == ["a0", "a1"]


# Legitimate.


def test_a_copy_over_an_original_that_did_not_change(original):
    copy("a", "b")
    edit("b", "B", 3)
    copy("b", "a")
    assert values("a") == made("B", 3)
    edit("a", "A", 5)
    assert values("a") == made("A", 5)


def test_copies_with_the_same_edits(original):
    copy("a", "b")
    edit("b", "A", 4)
    edit("a", "A", 4, kill=True)
    copy("b", "a")
    assert values("a") == made("A", 4)


@pytest.mark.parametrize("more", [0, 3])
def test_another_machine_went_on_and_only_its_parquet_came(original, more):
    edit("a", "A", 2, kill=True)
    copy("a", "b", journal=True)
    edit("b", "B", 3 + more if more else 0)
    copy("b", "a")
    assert values("a") == (made("B", 6)[:SAMPLES] if more else made("A", 2))


def test_a_parquet_file_alone_is_a_dataset(original):
    edit("a", "A", 2)
    Path("elsewhere").mkdir()
    shutil.copy("a.parquet", "elsewhere")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with fg.ImageDataset.load("elsewhere/a") as dataset:
            assert dataset.df["by"].tolist() == made("A", 2)


def test_both_files_moved_together(original):
    edit("a", "A", 2, kill=True)
    Path("elsewhere").mkdir()
    for file in ("a.parquet", "a.parquet.journal"):
        shutil.move(file, "elsewhere")
    assert values("elsewhere/a") == made("A", 2)
