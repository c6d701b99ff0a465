"""A store whose memory is a list of payloads, to try a journal with."""

from framegrid.storage.journal import framing as frames
from framegrid.storage.journal.chain import Position, beginning
from framegrid.storage.journal.journal import Journal
from framegrid.storage.journal.replay import Replay

DATASET = b"sixteen bytes id"


class Memory:
    """A store whose memory and snapshot are lists of payloads."""

    def __init__(self, path, saved=(), dataset=DATASET, **options):
        self.saved, self.payloads = list(saved), list(saved)
        self.dataset = dataset
        self.journal = Journal(path, dataset, position_of(self.saved, dataset), **options)

    def _catch_up(self):
        journal = self.journal
        if journal.fd < 0:
            return False
        before, replay = journal.seq if journal.settled else None, Replay(journal)
        is_loaded = replay.needs_snapshot
        records = replay.records(position_of(self.saved, self.dataset) if is_loaded else None)
        if is_loaded:
            self.payloads = list(self.saved)
        self.payloads.extend(record.payload for record in records)
        return journal.seq != before

    def catch_up(self):
        return self.journal.exclusively(self._catch_up)

    def _write(self, payload):
        if self.journal.is_behind():
            self._catch_up()
        self.journal.append(1, 0, payload)
        self.payloads.append(payload)
        self.journal.accept()

    def write(self, *payloads):
        for payload in payloads:
            self.journal.exclusively(self._write, payload)

    def mark(self):
        return self.journal.exclusively(self.journal.mark)

    def save(self, mark):
        """Make a snapshot of what is before the mark."""
        self.saved = self.payloads[: mark.seq]
        self.journal.exclusively(self.journal.forget, mark)


def position_of(payloads, dataset=DATASET):
    """Where a snapshot with these edits is in the history."""
    seq, digest, trail, _ = beginning(dataset)
    for seq, payload in enumerate(payloads, 1):
        _, digest = frames.pack_record(1, seq, 0, payload, digest)
        trail += digest[:8]
    return Position(len(payloads), digest, trail)


def read(path, saved=(), **options):
    """What another process would find."""
    memory = Memory(path, saved, **options)
    memory.catch_up()
    memory.journal.close()
    return memory.payloads


def repaired(path, saved=()):
    """What is found with repair."""
    memory = Memory(path, saved)
    memory.journal.repair = True
    memory.catch_up()
    memory.journal.close()
    return memory.payloads


def change(path, place, data):
    content = bytearray(path.read_bytes())
    content[place : place + len(data)] = data
    path.write_bytes(content)


def asides(path):
    return sorted(path.parent.glob(f"{path.name}.tail-*"))
