"""What every store does, wherever its dataset lives: a place passes by a class of these tests."""

from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crash_lives import Model, new_samples, perform
from framegrid.base import ConflictError, ReadOnlyDatasetError
from framegrid.storage import (
    AddSamples,
    RemoveSamples,
    create_store,
    follow_store,
    open_store,
    store_in_memory,
)
from store_fixtures import ROWS, TYPES, rows, score, set_typed


def fill(store):
    """Three samples for a new store: one with a value of every type, one with some, one none."""
    store.commit(lambda _: AddSamples(new_samples([0, 1, 2]), {}))
    for row, values in enumerate(ROWS):
        store.commit(lambda table, row=row, values=values: set_typed(row, values, TYPES, table))


class StoreContract:
    """Every place: edits, undo, what is refused, the end.

    Subclasses have a fixture ``make``: what makes an empty store, another one each time.
    """

    @pytest.fixture
    def store(self, make):
        store = make()
        fill(store)
        yield store
        store.close()

    def test_an_edit_is_in_the_table_when_it_returns(self, store):
        assert (rows(store), store.table.schema, store.table.next_id) == (ROWS, TYPES, 3)

    def test_commit_gives_the_change(self, store):
        change = store.commit(score(0.5))
        assert (change.sample_id, change.values, change.types) == (
            2,
            *[{"score": v} for v in (0.5, "float")],
        )

    def test_an_edit_that_is_refused_changes_nothing(self, store):
        before, revision = store.history.table(), store.table.revision
        with pytest.raises(ZeroDivisionError):
            store.commit(lambda _: 1 / 0)
        assert store.commit(lambda _: None) is None
        assert (rows(store), store.table.revision) == (ROWS, revision)
        assert store.history.table().equals(before)

    def test_an_edit_that_the_table_cannot_take_is_none(self, store):
        with pytest.raises(KeyError):
            store.commit(lambda _: set_typed(99, {"text": "x"}, {}, store.table))
        store.commit(score(1.0))
        assert rows(store) == [*ROWS[:2], {"score": 1.0}]

    def test_every_edit_raises_the_revision(self, store):
        before = store.table.revision
        store.commit(score(1.0))
        assert store.table.revision > before

    def test_without_others_nothing_is_new(self, store):
        assert not store.refresh()

    def test_history_has_a_line_per_edit(self, store):
        before = store.history.table()
        store.commit(score(1.0))
        lines = store.history.table()
        assert lines.slice(0, len(before)).equals(before)
        assert before["what"][0].as_py() == "add samples"
        (line,) = lines.slice(len(before)).drop_columns("when").to_pylist()
        assert line == {"what": "set", "keys": ["score"], "rows": 1}

    def test_undo_takes_the_last_edits_back(self, store):
        store.commit(score(1.0))
        store.commit(lambda _: RemoveSamples(store.table.ids[:1]))
        assert store.undo(2)["what"].to_pylist() == ["set", "remove samples"]
        assert rows(store) == ROWS
        with pytest.raises(ValueError, match="can be undone"):
            store.undo(99)

    def test_closing_twice_leaves_the_table(self, store):
        store.close()
        store.close()
        assert rows(store) == ROWS

    def test_it_can_go_on_in_another_file(self, store, tmp_path):
        path = tmp_path / "moved.parquet"
        moved = create_store(path, table=store.table, history=store.history)
        moved.commit(score(1.0))
        moved.close()
        assert rows(store) == ROWS
        again = open_store(path)
        assert rows(again)[2] == {"score": 1.0}
        assert len(again.history.table()) == len(store.history.table()) + 1
        again.close()

    @settings(max_examples=5, suppress_health_check=list(HealthCheck), deadline=None)
    @given(rng=st.randoms(use_true_random=False), edits=st.integers(1, 12))
    def test_any_edits_do_what_they_say(self, make, rng, edits):
        store = make()
        model = Model(store.table)
        for _ in range(edits):
            operation = model.draw(rng)
            if store.path is not None or operation[0] != "snapshot":
                perform(store, operation)
            model.apply(operation)
        assert Model(store.table) == model
        self.check_kept(store, model)
        store.close()

    def check_kept(self, store, model):
        """Check what there is beyond this store; nothing by default."""


class KeptContract(StoreContract):
    """Places that keep what is edited: others follow, snapshots replace what was read."""

    def check_kept(self, store, model):
        other = open_store(store.path)
        assert Model(other.table) == model
        other.close()
        assert Model(open_store(store.path).table) == model

    def loaded(self, store):
        return [store._place.read().table.metadata(row) for row in range(len(store.table))]

    def test_edits_are_there_for_the_next_who_opens(self, store):
        other = open_store(store.path)
        assert rows(other) == ROWS
        other.close()

    def test_stores_follow_each_other(self, store):
        other = open_store(store.path)
        assert not other.refresh()
        store.commit(score(1.0))
        assert other.refresh()
        other.commit(score(2.0))
        store.commit(lambda table: score(table.metadata(2)["score"] + 1)(table))
        other.refresh()
        assert rows(store)[2] == rows(other)[2] == {"score": 3.0}
        other.close()

    def test_one_that_fell_behind_a_snapshot_loads_it(self, store):
        other = open_store(store.path)
        revision = other.table.revision
        store.commit(score(1.0))
        store.snapshot()
        store.commit(score(2.0))
        assert other.refresh()
        assert rows(other)[2] == {"score": 2.0}
        assert other.table.revision > revision
        other.close()

    def test_a_snapshot_has_all_edits_so_far(self, store):
        store.commit(score(1.0))
        assert self.loaded(store)[2:] != [{"score": 1.0}]
        store.snapshot()
        assert self.loaded(store) == [*ROWS[:2], {"score": 1.0}]

    def test_closing_makes_a_snapshot_and_refuses_edits(self, store):
        store.close()
        assert self.loaded(store) == ROWS
        with pytest.raises(ValueError, match="is closed: load it again"):
            store.commit(score(1.0))
        assert not store.refresh()

    def test_edits_go_on_while_a_snapshot_is_written(self, store, monkeypatch):
        replacing = store._place.replacing

        @contextmanager
        def editing(*args):
            with replacing(*args) as put:
                store.commit(score(7.0))
                yield put

        with monkeypatch.context() as patch:
            patch.setattr(store._place, "replacing", editing)
            store.snapshot()
        assert self.loaded(store)[2] == {}
        other = open_store(store.path)
        assert rows(other) == rows(store) == [*ROWS[:2], {"score": 7.0}]
        other.close()

    @pytest.mark.parametrize("is_written", [False, True])
    def test_a_snapshot_that_fails_loses_nothing(self, store, monkeypatch, is_written):
        replacing = store._place.replacing

        @contextmanager
        def failing(*args):
            if is_written:
                with replacing(*args):
                    raise OSError("cut off")
            raise OSError("cut off")
            yield

        with monkeypatch.context() as patch:
            patch.setattr(store._place, "replacing", failing)
            with pytest.raises(OSError, match="cut off"):
                store.snapshot()
        store.commit(score(1.0))
        other = open_store(store.path)
        assert rows(other) == rows(store) == [*ROWS[:2], {"score": 1.0}]
        other.close()
        store.snapshot()
        assert self.loaded(store)[2] == {"score": 1.0}

    def test_what_was_not_read_is_not_replaced(self, store, make, tmp_path):
        """Another dataset lies there: edits and saves are refused from then on."""
        store.commit(score(1.0))
        theirs = make()
        theirs.close()
        put = self.put(theirs, store)
        with pytest.raises(ConflictError, match="replaced by another dataset"):
            store.snapshot()
        for work in (store.snapshot, lambda: store.commit(score(2.0))):
            with pytest.raises(ConflictError, match="Until it is loaded again"):
                work()
        assert self.bytes_of(store) == put
        store.copy_to(tmp_path / "mine.parquet")
        with pytest.warns(RuntimeWarning, match=r"was closed and not saved"):
            store.close()
        assert rows(open_store(tmp_path / "mine.parquet"))[2] == {"score": 1.0}

    def put(self, theirs, store):
        """Put the snapshot of one store in the place of another's; its bytes."""
        raise NotImplementedError

    def bytes_of(self, store):
        raise NotImplementedError

    def test_a_place_is_taken_or_empty(self, store):
        with pytest.raises(FileExistsError, match="already"):
            create_store(store.path)
        missing = type(store.path)(str(store.path).replace(".parquet", "-none.parquet"))
        with pytest.raises(FileNotFoundError, match="no such"):
            open_store(missing)

    def test_one_that_was_sent_here_follows_and_refuses(self, store):
        other = follow_store(store.path)
        store.commit(score(1.0))
        assert other.refresh()
        assert rows(other)[2] == {"score": 1.0}
        assert other.read_only
        with pytest.raises(ReadOnlyDatasetError, match="sent here from another process"):
            other.commit(score(2.0))
        other.close()

    def test_nonsense_for_what_it_can_be_is_refused(self, store):
        with pytest.raises(ValueError, match="durability is 'disk'"):
            open_store(store.path, durability="disk")
        with pytest.raises(ValueError, match="conflict is 'mine'; it can be one of 'raise'"):
            open_store(store.path, conflict="mine")


class MemoryContract(StoreContract):
    """The place that keeps nothing."""

    def test_there_is_nothing_to_save_to(self, store):
        assert store.path is None
        with pytest.raises(ValueError, match="in memory: say where"):
            store.snapshot()

    def test_a_part_of_something_refuses_edits(self, store, tmp_path):
        part = store_in_memory(store.table, tmp_path / "whole.parquet")
        assert part.read_only
        assert not store.read_only
        with pytest.raises(ReadOnlyDatasetError, match=r"read of .*whole\.parquet, and read-only"):
            part.commit(score(1.0))
