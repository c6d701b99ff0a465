"""What goes on behind the edits: syncing journals, and snapshots when there is a pause.

One thread serves all stores of a process. Handing it work takes no lock, which Ctrl-C could leave
held.
"""

import contextlib
import queue
import threading
import time
import warnings
from collections.abc import Callable
from typing import NamedTuple

from framegrid.base import forks
from framegrid.storage.journal.journal import Journal

INTERVAL = 1.0  # seconds from turn to turn; the most that a loss of power costs

RETRY_SECONDS = 60.0  # after a failure, such as a full disk


class SnapshotPace(NamedTuple):
    """When edits become a snapshot.

    Attributes:
        quiet_bytes: when there are so many ...
        quiet_turns: ... and no more came for so many turns,
        busy_bytes: or when there are so many.
    """

    quiet_bytes: int
    quiet_turns: int
    busy_bytes: int


# Replaying 1 MB of edits takes about 50 ms; 256 kB are about 5,000 single ones.
ON_DISK = SnapshotPace(quiet_bytes=256 << 10, quiet_turns=2, busy_bytes=8 << 20)


class SnapshotSchedule:
    """Keeps one journal synced, and short by snapshots.

    Attributes:
        is_asked_for: whether a turn will come.
        is_over: set when there shall be no more.
        pace: when edits become a snapshot.
    """

    def __init__(
        self, journal: Journal, write_snapshot: Callable[[], None], pace: SnapshotPace | None = None
    ) -> None:
        """Do nothing until asked.

        Args:
            journal: the journal.
            write_snapshot: makes a snapshot of the edits so far.
            pace: when to make one; by default as on disk.
        """
        self.is_asked_for = False
        self.is_over = False
        self.pace = pace or ON_DISK
        self._journal = journal
        self._write_snapshot = write_snapshot
        self._size_before = 0
        self._quiet_turns = 0
        self._retry_at = 0.0

    def ask(self) -> None:
        """Ask for turns, one a second, until there is nothing to do."""
        self.is_asked_for = True
        _thread.inbox.put(self)
        if _thread.ident is None:
            with contextlib.suppress(RuntimeError):  # another was faster, or Python is ending
                _thread.start()

    def turn(self) -> bool:
        """Do what is due, and tell whether there will be more without another edit."""
        if self.is_over:
            return False
        self.is_asked_for = False  # from here on, an edit asks again
        try:
            self._journal.sync()
            if self._is_snapshot_due():
                self._write_snapshot()
        except Exception as error:  # noqa: BLE001 - the thread lives on for all
            self._retry_at = time.monotonic() + RETRY_SECONDS
            with contextlib.suppress(Warning):  # where warnings are errors
                report_failure(error)
        return self._journal.size >= self.pace.quiet_bytes or not self._journal.is_synced

    def _is_snapshot_due(self) -> bool:
        size = self._journal.size
        self._quiet_turns = self._quiet_turns + 1 if size == self._size_before else 0
        self._size_before = size
        is_quiet = self._quiet_turns >= self.pace.quiet_turns
        due = self.pace.quiet_bytes if is_quiet else self.pace.busy_bytes
        return size >= due and time.monotonic() >= self._retry_at


class _Thread(threading.Thread):
    def __init__(self) -> None:
        super().__init__(name="framegrid-snapshots", daemon=True)
        self.inbox: queue.SimpleQueue[SnapshotSchedule] = queue.SimpleQueue()
        self.ending = threading.Event()

    def run(self) -> None:
        at_work: set[SnapshotSchedule] = set()
        while not self.ending.wait(INTERVAL):
            while not self.inbox.empty():
                at_work.add(self.inbox.get())
            at_work = {schedule for schedule in at_work if schedule.turn()}


_thread = _Thread()


def stop() -> None:
    """End the thread after what it is at; Arrow must not be at work when Python ends."""
    _thread.ending.set()
    if _thread.ident is not None:
        _thread.join()


def report_failure(error: Exception) -> None:
    """Warn that a snapshot or a sync failed, which nobody waited for."""
    warnings.warn(
        f"edits are in the journal, but not yet in the Parquet file: {error}",
        RuntimeWarning,
        stacklevel=3,
    )


def _after_fork() -> None:
    global _thread  # noqa: PLW0603 - a fork takes no threads along
    _thread = _Thread()


forks.in_child(_after_fork)
