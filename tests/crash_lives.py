"""A process that edits a dataset until it is killed, and a model of what it must leave behind.

Run as a program this is a nursery: it has everything imported, and forks a life for each order on
its standard input, so that a hundred lives take seconds.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
import traceback
import warnings
from functools import partial
from importlib import import_module
from pathlib import Path

import numpy as np
import pyarrow as pa

import framegrid
from framegrid.base import arrow_type, held_array, to_json
from framegrid.storage import (
    AddSamples,
    Block,
    RemoveSamples,
    RenameKey,
    ReplaceKey,
    SetBlocks,
    SetValues,
    journal,
    open_store,
)
from framegrid.storage.journal import background
from framegrid.storage.store.ledger import Ledger

TYPES = {
    "score": "float",
    "count": "integer",
    "label": "string",
    "note": "string",
    "remark": "string",
    "seen": "boolean",
    "box": "list",
}
DRAWS = {
    "float": lambda rng: rng.choice([rng.random(), 1e300, -0.5]),
    "integer": lambda rng: rng.randrange(-(2**63), 2**63),
    "string": lambda rng: rng.choice(["cat", "dög", 'a "quoted" one', ""]),
    "boolean": lambda rng: rng.random() < 0.5,
    "list": lambda rng: [rng.randrange(100) for _ in range(rng.randrange(3))],
}
OPERATIONS = {
    "set": 900,
    "bulk": 40,
    "add": 20,
    "remove": 10,
    "rename": 10,
    "level": 20,
    "cast": 10,
    "undo": 20,
    "snapshot": 4,
}
CASTS = {"integer": ("string", str), "string": ("integer", int)}  # of the key "level"


# What a dataset must hold, in plain Python; an operation is a name and what it is done to.


def new_samples(ids):
    return pa.table(
        {
            "sample_id": ids,
            "file_name": [f"{id_}.jpg" for id_ in ids],
            "file_path_abs": [f"/photos/{id_}.jpg" for id_ in ids],
            "width": [640] * len(ids),
            "height": [480] * len(ids),
        }
    )


class Model:
    """A dataset's metadata by sample, and its types."""

    def __init__(self, table):
        self.types = dict(table.schema)
        self.next_id = table.next_id
        self.samples = {id_: table.metadata(row) for row, id_ in enumerate(table.ids.tolist())}
        self.undoable = []

    def __eq__(self, other):
        return (self.types, self.next_id, self.samples) == (
            other.types,
            other.next_id,
            other.samples,
        )

    __hash__ = None

    def draw(self, rng):  # noqa: PLR0911 - a case per operation
        """Draw an operation that the dataset can take."""
        name = rng.choices(list(OPERATIONS), OPERATIONS.values())[0]
        ids = rng.sample(sorted(self.samples), min(4, len(self.samples)))
        keys = rng.sample(list(TYPES), 2)
        if name == "add" or not ids:
            return "add", list(range(self.next_id, self.next_id + rng.randrange(1, 4)))
        if name == "remove":
            return name, ids[:1]
        if name == "rename" and ("note" in self.types) != ("remark" in self.types):
            return name, sorted({"note", "remark"}, key=lambda key: key not in self.types)
        if name == "snapshot" or (name == "undo" and self.undoable):
            return name, None
        if name == "level":
            level = rng.randrange(9)
            return name, (ids[0], str(level) if self.types.get(name) == "string" else level)
        if name == "cast" and "level" in self.types:
            return name, CASTS[self.types["level"]][0]
        ids = ids if name == "bulk" else ids[:1]
        drawn = {id_: {key: DRAWS[TYPES[key]](rng) for key in keys} for id_ in ids}
        if rng.random() < 0.1:
            drawn[ids[0]][keys[0]] = None
        return ("bulk" if name == "bulk" else "set"), drawn

    def apply(self, operation):  # noqa: C901, PLR0912 - a case per operation
        if operation[0] == "undo":
            self.types, self.samples = self.undoable.pop()
            return
        if operation[0] != "snapshot":
            samples = {id_: dict(values) for id_, values in self.samples.items()}
            self.undoable.append((dict(self.types), samples))
            del self.undoable[:-100]
        match operation:
            case "add", ids:
                self.samples |= {id_: {} for id_ in ids}
                self.next_id = ids[-1] + 1
            case "remove", (id_,):
                del self.samples[id_]
            case "rename", (old, new):
                self.types[new] = self.types.pop(old)
                for values in self.samples.values():
                    if old in values:
                        values[new] = values.pop(old)
            case "level", (id_, level):
                self.types.setdefault("level", "integer")
                self.samples[id_]["level"] = level
            case "cast", target:
                _, convert = CASTS[self.types["level"]]
                self.types["level"] = target
                for values in self.samples.values():
                    if "level" in values:
                        values["level"] = convert(values["level"])
            case "set" | "bulk", drawn:
                for id_, values in drawn.items():
                    self.types |= {key: TYPES[key] for key in values}
                    merged = self.samples[id_] | values
                    self.samples[id_] = {k: v for k, v in merged.items() if v is not None}


def change_of(operation, table):  # noqa: PLR0911 - a case per operation
    match operation:
        case "add", ids:
            return AddSamples(new_samples(ids), {})
        case "remove", ids:
            return RemoveSamples(np.array(ids))
        case "rename", (old, new):
            return RenameKey(old, new)
        case "level", (id_, level):
            new = {} if "level" in table.schema else {"level": "integer"}
            return SetValues(id_, {"level": level}, new)
        case "cast", target:
            _, convert = CASTS[table.schema["level"]]
            levels = [v if v is None else convert(v) for v in table.column("level").to_pylist()]
            return ReplaceKey("level", target, pa.array(levels, arrow_type(target)))
        case "set", drawn:
            ((id_, values),) = drawn.items()
            return SetValues(id_, values, new_types(values, table))
        case "bulk", drawn:
            keys = next(iter(drawn.values()))
            columns = {key: [values[key] for values in drawn.values()] for key in keys}
            block = Block(np.array(list(drawn)), {k: stored(k, v) for k, v in columns.items()})
            return SetBlocks((block,), new_types(keys, table))


def new_types(keys, table):
    return {key: TYPES[key] for key in keys if key not in table.schema}


def stored(key, values):
    if TYPES[key] == "list":
        values = [None if value is None else to_json(value) for value in values]
    return held_array(values, TYPES[key])


def perform(store, operation):
    if operation[0] == "snapshot":
        store.snapshot()
    elif operation[0] == "undo":
        store.undo(1)
    else:
        store.commit(lambda table: change_of(operation, table))


def model_on_disk(path, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the unfinished edits of the killed
        store = open_store(path, **options)
    model = Model(store.table)
    store.is_closed = store._schedule.is_over = True  # leave everything as it is
    store._journal.close()
    return model


# Lives, which run in a process of their own.


def live(path, acknowledgements, seed, operations=10**9, durability="process"):
    """Edit at random, and note each operation that returned."""
    store = open_store(Path(path), durability=durability)
    log = os.open(acknowledgements, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    rng, model = random.Random(seed), Model(store.table)
    for _ in range(operations):
        operation = model.draw(rng)
        perform(store, operation)
        model.apply(operation)
        os.write(log, b".")


def count(path, key, sample_id, edits):
    """Raise a number of one's own as often as asked, with a snapshot now and then."""
    types = {key: "integer", "last": "string"}
    store = open_store(Path(path))
    for number in range(1, edits + 1):
        values = {key: number, "last": key}
        store.commit(partial(set_typed, sample_id, values, types))
        if number % 100 == 0:
            store.snapshot()


def set_typed(sample_id, values, types, table):
    new = {key: key_type for key, key_type in types.items() if key not in table.schema}
    return SetValues(sample_id, values, new)


def hold(path, ready):
    """Take the lock, say so, and stop."""

    def build(_):
        Path(ready).touch()
        os.kill(os.getpid(), signal.SIGSTOP)

    open_store(Path(path)).commit(build)


def leave_orphan(path, orphan):
    """Fork while holding the lock, and die; the child lives on."""

    def build(_):
        pid = os.fork()
        if pid:
            Path(orphan).write_text(str(pid))
            os.kill(os.getpid(), signal.SIGKILL)
        signal.alarm(20)  # should the test forget it
        signal.pause()

    open_store(Path(path)).commit(build)


def share(path, children, edits):
    """Have children edit with the store that they were born with, and the parent too."""
    store = open_store(Path(path))
    store.commit(
        lambda _: SetValues(0, {"k0": 0}, {f"k{n}": "integer" for n in range(children + 1)})
    )
    number = next((n for n in range(1, children + 1) if os.fork() == 0), 0)
    for value in range(edits):
        store.commit(lambda _, value=value: SetValues(0, {f"k{number}": value}, {}))
    if number == 0:
        for _ in range(children):
            os.wait()


# Stores that are broken on purpose: the tests must notice.


def lock_nothing():
    journal.lock.lock_functions = lambda _, **__: (int, int)


def forget_first():
    snapshot_often()

    def publish(self, mark, put):
        if self._journal.is_current(mark):
            self._journal.forget(mark)
            time.sleep(0.02)  # to be killed in
            put()

    Ledger.publish = publish


def snapshot_often():
    """As both a life and its model have to be told."""
    OPERATIONS["snapshot"] = 100


def snapshot_all_the_time():
    background.INTERVAL = 0.002
    background.ON_DISK = background.SnapshotPace(1 << 10, background.ON_DISK.quiet_turns, 1 << 10)


class Nursery:
    """Starts lives; they are children of a process that has everything imported."""

    def __enter__(self):
        search = os.pathsep.join([str(Path(framegrid.__file__).parents[1]), *sys.path])
        self.process = subprocess.Popen(
            [sys.executable, "-c", "import crash_lives; crash_lives.main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": search},
        )
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def start(self, life, *arguments, change=None, **options):
        """Start a life and give its pid, with something in the store changed for it."""
        return self._ask([_place(life), arguments, options, change and _place(change)])

    def wait(self, pid):
        """Wait for the end of a life; its exit code, or minus the signal that killed it."""
        return self._ask(pid)

    def kill(self, pid):
        os.kill(pid, signal.SIGKILL)
        return self.wait(pid)

    def _ask(self, order):
        self.process.stdin.write(json.dumps(order, default=str) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def _place(function):
    return [function.__module__, function.__name__]


def _function(module, name):
    return getattr(import_module(module), name)


def main():
    for line in sys.stdin:
        match json.loads(line):
            case int(pid):
                answer = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            case life, arguments, options, change:
                answer = os.fork()
                if answer == 0:
                    run(life, arguments, options, change)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def run(life, arguments, options, change):
    code = 1
    try:
        if change:
            _function(*change)()
        _function(*life)(*arguments, **options)
        code = 0
    finally:
        if code:
            traceback.print_exc()
        os._exit(code)  # not as Python ends otherwise, which would close the store
