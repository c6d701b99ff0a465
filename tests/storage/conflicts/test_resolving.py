"""Two histories that meet: never mixed, never lost without a word, and the way out is kept."""

import errno
import shutil
import warnings
from pathlib import Path

import pandas as pd
import pytest

import framegrid as fg
from conflicts_helpers import SAMPLES, copy, edit, files, journal_of, made, values
from framegrid.base import ConflictError, DatasetCorruptError
from framegrid.storage.journal.framing import pack_record
from framegrid.storage.journal.keeping import records_of
from framegrid.storage.parquet.checksums import facts_of


def dataset_of(name):
    return facts_of(Path(f"{name}.parquet").read_bytes())["dataset"]


# The way out.


@pytest.fixture
def conflict(original):
    """B0 to B2 in the Parquet file, A0 to A4 in the journal."""
    copy("a", "b")
    edit("b", "B", 3)
    edit("a", "A", 5, kill=True)
    copy("b", "a")


def test_going_on_with_the_snapshot(conflict):
    lost = journal_of("a").read_bytes()
    with pytest.warns(RuntimeWarning, match=r"goes on with the Parquet file; the journal.*tail-"):
        dataset = fg.ImageDataset.load("a", conflict="snapshot")
    with dataset:
        assert dataset.df["by"].tolist() == made("B", 3)
        dataset.get_sample(5).metadata["by"] = "later"
    assert values("a")[5] == "later"
    (aside,) = Path().glob("*.tail-*")
    assert aside.read_bytes()[256:] == lost[256:]


def test_going_on_with_the_journal(conflict):
    with pytest.warns(RuntimeWarning, match="5 of its edits were made, on top of the Parquet file"):
        dataset = fg.ImageDataset.load("a", conflict="journal")
    with dataset:
        assert dataset.df["by"].tolist() == made("A", 5)
        dataset.undo(5)
        assert dataset.df["by"].tolist() == made("B", 3)
    assert values("a") == made("B", 3)


def test_keeping_both(conflict):
    with pytest.warns(RuntimeWarning, match=r"5 of .*a-from-journal\.parquet, a dataset of its"):
        fg.ImageDataset.load("a", conflict="both").close()
    assert values("a") == made("B", 3)
    assert values("a-from-journal") == made("A", 5)
    edit("a-from-journal", "C", 2)
    assert values("a") == made("B", 3)


def test_a_name_that_is_taken_is_not_used(conflict):
    Path("a-from-journal.parquet").write_bytes(b"mine")
    values("a", conflict="both")
    assert Path("a-from-journal.parquet").read_bytes() == b"mine"
    assert values("a-from-journal-2") == made("A", 5)


def test_edits_that_make_no_sense_there_are_told(original):
    copy("a", "b")
    with fg.ImageDataset.load("b") as dataset:
        dataset.remove_samples([0])
        dataset.cast_metadata("by", "list")
        dataset.update_metadata({1: {"new": "text"}})
    with fg.ImageDataset.load("a") as dataset:
        dataset.get_sample(0).metadata["by"] = "A0"
        dataset.get_sample(1).metadata["by"] = "A1"
        dataset.get_sample(2).metadata["new"] = 5
        dataset.get_sample(3).metadata["other"] = 7
        shutil.copy("a.parquet", "c.parquet")
        shutil.copy("a.parquet.journal", "c.parquet.journal")
    shutil.copy("b.parquet", "c.parquet")
    with pytest.warns(RuntimeWarning, match="1 of its edits were made, and 3 left out"):
        dataset = fg.ImageDataset.load("c", conflict="journal")
    with dataset:
        assert dataset.schema == {"by": "list", "new": "string", "other": "integer"}
        assert dataset.df["by"].tolist()[0] == ["nobody"]
        assert dataset.get_sample(3).metadata["other"] == 7


@pytest.mark.parametrize(
    ("kind", "payload"),
    [(77, b""), (1, b"[" * 100_000), (1, b"[2,{},{}"), (2, b"x"), (1, b'[2,{"by":{}},{},[]]')],
)
def test_nonsense_under_a_checksum_is_left_out_and_told(conflict, kind, payload):
    journal = journal_of("a")
    *_, (last, digest) = records_of(journal, bytes.fromhex(dataset_of("a")))
    record, _ = pack_record(kind, last.seq + 1, 1, payload, digest)
    journal.write_bytes(journal.read_bytes()[: last.end] + record)
    with pytest.warns(RuntimeWarning, match="5 of its edits were made, and 1 left out"):
        dataset = fg.ImageDataset.load("a", conflict="journal")
    with dataset:
        assert dataset.df["by"].tolist() == made("A", 5)


def test_where_the_journal_is_kept_is_told_when_a_copy_cannot_be_written(conflict, monkeypatch):
    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("framegrid.storage.store.store.Store.copy_to", fail)
    with (
        pytest.warns(RuntimeWarning, match="the journal as it was is .*tail-"),
        pytest.raises(OSError, match="No space"),
    ):
        fg.ImageDataset.load("a", conflict="both")
    (aside,) = Path().glob("*.tail-*")
    assert b"A4" in aside.read_bytes()


def test_the_journal_of_another_dataset_is_set_aside(original):
    fg.ImageDataset.from_dataframe(pd.DataFrame({"path": ["x.jpg"]})).save("other")
    shutil.copy("other.parquet", "a.parquet")
    with pytest.raises(ConflictError, match="belongs to another dataset"):
        fg.ImageDataset.load("a")
    with pytest.warns(RuntimeWarning, match="goes on with the Parquet file"):
        dataset = fg.ImageDataset.load("a", conflict="both")
    with dataset:
        assert len(dataset) == 1
    assert not Path("a-from-journal.parquet").exists()


def test_a_part_is_refused_until_the_conflict_is_resolved(conflict):
    before = files()
    with pytest.raises(ConflictError, match=r"Choose one of .*; without columns= and filters="):
        fg.ImageDataset.load("a", columns=["by"])
    assert files() == before
    values("a", conflict="snapshot")
    assert len(fg.ImageDataset.load("a", columns=["by"])) == SAMPLES


def test_other_words_are_refused(original):
    with pytest.raises(ValueError, match="conflict is 'theirs'; it can be one of 'raise', 'snap"):
        fg.ImageDataset.load("a", conflict="theirs")


# A refusal stays.


def refuses(dataset):
    """Every edit and save is refused, and nothing on disk changes."""
    before = files()
    for work in (
        lambda: dataset.get_sample(0).metadata.update(by="again"),
        lambda: dataset.update_metadata({0: {"by": "again"}}),
        lambda: dataset.remove_samples([0]),
        dataset.save,
    ):
        with pytest.raises(ConflictError, match="Until it is loaded again"):
            work()
    assert files() == before
    return before


def ends(dataset, match):
    """Closing writes nothing, and names the journal."""
    before = files()
    with pytest.warns(RuntimeWarning, match=rf"was closed and not saved.*{match}"):
        dataset.close()
    assert files() == before


def test_another_save_is_not_replaced(original):
    """What another machine saved came while it was open here."""
    copy("a", "b", journal=True)
    edit("b", "B", 4)
    dataset = fg.ImageDataset.load("a")
    dataset.get_sample(0).metadata["by"] = "mine"
    shutil.copy("b.parquet", "a.parquet")
    theirs = Path("a.parquet").read_bytes()
    with pytest.raises(ConflictError, match="was replaced while it was open here"):
        dataset.save()
    refuses(dataset)
    assert dataset.df["by"].tolist()[0] == "mine"
    dataset.save("mine")
    ends(dataset, r"in its journal .*a\.parquet\.journal")
    assert Path("a.parquet").read_bytes() == theirs
    assert values("mine")[0] == "mine"
    assert values("a", conflict="both") == made("B", 4)
    assert values("a-from-journal") == ["mine", *made("B", 4)[1:]]


def test_another_dataset_is_not_replaced(original):
    dataset = fg.ImageDataset.load("a")
    dataset.get_sample(0).metadata["by"] = "mine"
    fg.ImageDataset.from_dataframe(pd.DataFrame({"path": ["x.jpg"]})).save("other")
    Path("other.parquet").replace("a.parquet")
    theirs = Path("a.parquet").read_bytes()
    with pytest.raises(ConflictError, match="replaced by another dataset"):
        dataset.save()
    refuses(dataset)
    ends(dataset, r"a\.parquet\.journal")
    assert Path("a.parquet").read_bytes() == theirs


def test_an_older_file_put_back_is_not_replaced(original):
    dataset = fg.ImageDataset.load("a")
    dataset.get_sample(0).metadata["by"] = "one"
    dataset.save()
    copy("a", "old")
    dataset.get_sample(0).metadata["by"] = "two"
    dataset.save()
    dataset.get_sample(0).metadata["by"] = "three"
    shutil.copy("old.parquet", "a.parquet")
    dataset.save()  # it has no edit that this one lacks
    dataset.close()
    assert values("a")[0] == "three"


def test_a_file_cut_to_nothing_is_not_replaced(original):
    dataset = fg.ImageDataset.load("a")
    dataset.get_sample(0).metadata["by"] = "mine"
    Path("a.parquet").write_bytes(b"")
    with pytest.raises(ConflictError, match="rewrote"):
        dataset.save()
    ends(dataset, "journal")
    assert Path("a.parquet").read_bytes() == b""
    with pytest.raises(DatasetCorruptError, match=r"a\.parquet is damaged"):
        fg.ImageDataset.load("a")
    with pytest.warns(RuntimeWarning):
        repaired = fg.ImageDataset.load("a", repair=True)
    repaired.close()


@pytest.mark.parametrize("edits", [0, 2])
def test_a_journal_deleted_while_it_is_open(original, edits):
    dataset = fg.ImageDataset.load("a")
    for number in range(edits):
        dataset.get_sample(number).metadata["by"] = f"mine{number}"
    journal_of("a").unlink()
    with pytest.raises(ConflictError, match="was deleted or replaced"):
        dataset.get_sample(0).metadata["by"] = "more"
    refuses(dataset)
    assert dataset.df["by"].tolist() == made("mine", edits)
    ends(dataset, r"no more in .*journal, but only in memory; save\('another name'\) still")
    dataset.save("kept")
    assert values("kept") == made("mine", edits)


def test_repair_in_another_process(original):
    """What it kept is not replaced by what it did not."""
    dataset = fg.ImageDataset.load("a")
    for number in range(3):
        dataset.get_sample(number).metadata["by"] = f"mine{number}"
    whole = journal_of("a").read_bytes()
    place = whole.rindex(b"mine1")
    journal_of("a").write_bytes(whole[:place] + b"?" + whole[place + 1 :])
    with pytest.warns(RuntimeWarning):
        other = fg.ImageDataset.load("a", repair=True)
    other.get_sample(1).metadata["by"] = "theirs"
    with pytest.raises(ConflictError):
        dataset.get_sample(3).metadata["by"] = "mine3"
    refuses(dataset)
    other.close()
    ends(dataset, "only in memory")
    assert values("a")[:3] == ["mine0", "theirs", "nobody"]
    dataset.save("kept")
    assert values("kept")[:3] == ["mine0", "mine1", "mine2"]


def test_the_end_of_a_block_writes_nothing_either(original):
    fg.ImageDataset.from_dataframe(pd.DataFrame({"path": ["x.jpg"]})).save("other")

    def work():
        with fg.ImageDataset.load("a") as dataset:
            dataset.get_sample(0).metadata["by"] = "mine"
            Path("other.parquet").replace("a.parquet")

    with pytest.warns(RuntimeWarning, match="was closed and not saved"):
        work()
    assert fg.ImageDataset.load("a", conflict="snapshot").df.shape[0] == 1


def test_files_of_a_copy_put_in_place_of_both(original):
    """As a folder is that Dropbox or git brings."""
    copy("a", "b", journal=True)
    edit("b", "B", 4)
    dataset = fg.ImageDataset.load("a")
    dataset.get_sample(0).metadata["by"] = "mine"
    copy("b", "a", journal=True)
    with pytest.raises(ConflictError):
        dataset.get_sample(1).metadata["by"] = "mine"
    refuses(dataset)
    ends(dataset, "only in memory")
    assert values("a") == made("B", 4)
    assert dataset.df["by"].tolist()[0] == "mine"


# A journal that is gone, or cut.


def test_a_deleted_journal_is_told(original):
    edit("a", "A", 3, kill=True)
    journal_of("a").unlink()
    with pytest.warns(RuntimeWarning, match=r"a\.parquet\.journal is gone: edits that were not in"):
        dataset = fg.ImageDataset.load("a")
    dataset.close()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fg.ImageDataset.load("a").close()


@pytest.mark.parametrize("size", [0, 100, 256, 4608])
def test_a_cut_journal_is_refused(original, size):
    edit("a", "A", 3, kill=True)
    journal_of("a").write_bytes(journal_of("a").read_bytes()[:size])
    with pytest.raises(DatasetCorruptError, match="repair=True"):
        fg.ImageDataset.load("a")
    assert values("a", repair=True) == made("A", 0)
    assert values("a") == made("A", 0)


@pytest.mark.parametrize("size", [128, 512, 4096, 4608])
def test_a_journal_with_a_lost_beginning_keeps_every_edit(original, size):
    edit("a", "A", 3, kill=True)
    whole = journal_of("a").read_bytes()
    journal_of("a").write_bytes(bytes(size) + whole[size:])
    assert values("a", repair=True) == made("A", 3)
    assert values("a") == made("A", 3)


@pytest.mark.parametrize("choice", ["raise", "snapshot", "both"])
def test_what_cannot_be_written_is_resolved_elsewhere(conflict, monkeypatch, choice):
    before = files()
    monkeypatch.setattr("os.access", lambda *_: False)  # who runs the tests may write anything
    with pytest.raises(
        ConflictError, match=r"copy both to a folder.*conflict='snapshot'"
    ) as raised:
        fg.ImageDataset.load("a", conflict=choice)
    assert "Choose one" not in str(raised.value)
    assert files() == before
