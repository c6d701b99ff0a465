"""Whether the files of images are where they were, and what they were."""

import threading
import warnings
import weakref
from collections.abc import Sequence
from contextlib import suppress
from pathlib import PurePosixPath

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from framegrid import images, remote
from framegrid.base import brief, notes_key
from framegrid.dataset.connection.connection import Connection
from framegrid.dataset.ingest import file_notes
from framegrid.dataset.ingest.container_notes import Marks, replaced_rows
from framegrid.dataset.ingest.sizes import read_headers, read_size
from framegrid.images import Header
from framegrid.storage import Table

_COLUMNS = {
    "file_path_abs": "object",
    "problem": "object",
    "width": "Int64",
    "height": "Int64",
    "reason": "object",
}
_LOOKED_AT = 32
"""So many files tell whether images moved; more would keep a network disk busy."""

_WAIT_S = 0.5

_AFTER_S = 0.2
"""So long after it was loaded a dataset is looked at unasked: loading is not slowed by it."""

_SAID = (
    "gone, such as {}: if they moved, dataset.relink(old_folder, new_folder) follows them",
    "now of another size than before, such as {}: dataset.read_sizes(changed=True) reads it",
)

_OTHER_FILE = (
    "{} holds other things than when it was added: dataset.read_sizes(changed=True) takes it as it "
    "is; remove these samples and add it again for its other metadata"
)

Problem = tuple[str, int | None, int | None, str]
"""Its name, the size in px as it is now, and the reason."""

Size = tuple[int | None, int | None]


def check_images(connection: Connection, *, progress: bool) -> pd.DataFrame:
    """List the images whose files are gone, changed or replaced, see ``ImageDataset``."""
    connection.refresh()
    ids, paths, sizes, notes = connection.read(_held)
    marks = Marks()
    replaced = connection.read(lambda table: {*table.ids[[*replaced_rows(table, marks)]].tolist()})
    states = file_notes.file_checksums(paths)
    changed = _since_computed(states, notes)
    names = paths.to_pylist()
    there = [path for path, state in zip(names, states, strict=True) if state != file_notes.NONE]
    headers, broken = read_headers(there, progress=progress)
    reasons = dict(broken)
    rows = zip(ids.tolist(), names, sizes, states.tolist(), changed, strict=True)
    found = {
        sample_id: (path, *problem)
        for sample_id, path, size, state, keys in rows
        if (problem := _problem(size, state, headers.get(path), reasons.get(path), keys))
        or (problem := _replaced(path, headers.get(path)) if sample_id in replaced else None)
    }
    frame = pd.DataFrame.from_dict(found, orient="index", columns=list(_COLUMNS))
    return frame.astype(_COLUMNS).rename_axis("sample_id")


def _held(table: Table) -> tuple["np.ndarray", pa.Array, list[Size], dict[str, file_notes.States]]:
    """Ids, paths, sizes, and by key the states of the files that its values are from."""
    sizes = [table.column(key).to_pylist() for key in ("width", "height")]
    notes = {
        key: file_notes.notes_of(table, key)
        for key in table.shown
        if notes_key(key) in table.schema
    }
    paths = table.column("file_path_abs")
    return table.ids, paths, list(zip(*sizes, strict=True)), notes


def _since_computed(
    states: file_notes.States, notes: dict[str, file_notes.States]
) -> list[list[str]]:
    """The keys that were computed from another state of each file."""
    keys: list[list[str]] = [[] for _ in states]
    for key, noted in notes.items():
        for row in np.flatnonzero((noted != file_notes.NONE) & (noted != states)).tolist():
            keys[row].append(key)
    return keys


def _problem(
    size: Size, state: int, header: Header | None, reason: str | None, keys: Sequence[str]
) -> Problem | None:
    if state == file_notes.NONE:
        return "gone", None, None, "no such file"
    if header is None:
        return "changed", None, None, f"cannot be read: {reason}"
    now = header.width, header.height
    if None not in size and now != size:
        return "replaced", *now, f"was {size[0]} x {size[1]} px"
    return ("changed", *now, f"written since {', '.join(keys)} was computed") if keys else None


def _replaced(path: str, now: Header | None) -> Problem:
    """What is said of a part of a file, as large as ever, where that holds other things."""
    name = brief(PurePosixPath(remote.container_of(path)).name)
    size = (None, None) if now is None else (now.width, now.height)
    return "changed", *size, _OTHER_FILE.format(name)


def check_later(connection: Connection) -> "MissingImagesCheck":
    """A check, of which a warning tells soon, in the background, if the dataset is in use then."""
    check = MissingImagesCheck()
    timer = threading.Timer(_AFTER_S, _warn, [check, weakref.ref(connection)])
    timer.daemon = True
    with suppress(RuntimeError):  # where threads cannot start
        timer.start()
    return check


def _warn(check: "MissingImagesCheck", reference: "weakref.ref[Connection]") -> None:
    connection = reference()
    with suppress(Exception):  # what a thread does not catch is printed, with its paths
        if connection and not connection.store.is_closed and (said := check.ask(connection)):
            warnings.warn(f"{connection.store.path}: {said}", RuntimeWarning, stacklevel=1)


class MissingImagesCheck:
    """A check of some files, made when it is first asked for, on a thread that ends with it.

    Objects, web images and shares of other machines are not looked at.
    """

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._wait_s = _WAIT_S
        self._number = 0
        self._gone: list[str] = []
        self._sizes: dict[str, Size] = {}

    def __reduce__(self) -> tuple[type[None], tuple[()]]:
        """Stay here: another process has its own files to look at."""
        return type(None), ()

    def ask(self, connection: Connection) -> str:
        """Say how many of the files that the table names are gone or others, as far as is known."""
        connection.read(self._begin)
        if self._thread and self._thread.is_alive():  # nobody's edit waits for a slow disk
            self._thread.join(self._wait_s)
            self._wait_s = 0  # a disk that does not answer is waited for once
        return connection.read(self._said)

    def _begin(self, table: Table) -> None:
        self._thread = self._thread or self._start(table)

    def _start(self, table: Table) -> threading.Thread:
        places = np.unique(np.linspace(0, max(len(table) - 1, 0), _LOOKED_AT).astype(int))
        some = _named(table, pa.array(places if len(table) else [], pa.int64()))
        files = {path: size for path, size in some if not remote.is_elsewhere(path)}
        thread = threading.Thread(
            target=self._run, args=(files,), name="framegrid-check", daemon=True
        )
        with suppress(RuntimeError):  # where threads cannot start
            thread.start()
        return thread

    def _run(self, files: dict[str, Size]) -> None:
        with suppress(Exception):  # what a thread does not catch is printed, with its paths
            self._look_at(files)

    def _look_at(self, files: dict[str, Size]) -> None:
        self._number, self._gone = len(files), images.missing_files(list(files))
        sizes = {file: read_size(file) for file in files if file not in self._gone}
        self._sizes = {
            file: size
            for file, size in sizes.items()
            if isinstance(size, tuple) and _is_other(files[file], size)
        }

    def _said(self, table: Table) -> str:
        gone = [path for path, _ in _still_named(table, self._gone)]
        sizes = _still_named(table, list(self._sizes))
        others = [path for path, size in sizes if _is_other(size, self._sizes[path])]
        said = [
            f"{len(some):,} of {self._number:,} image files looked at are "
            + what.format(brief(some[0]))
            for some, what in zip((gone, others), _SAID, strict=True)
            if some
        ]
        return "; ".join([*said, "dataset.check_images() lists all"]) if said else ""


def _is_other(held: Size, now: Size) -> bool:
    return None not in held and held != now


def _still_named(table: Table, paths: list[str]) -> list[tuple[str, Size]]:
    """Those of the paths that the table names, with the size that it has for each."""
    if not paths:
        return []
    held = table.column("file_path_abs")
    return _named(table, pc.indices_nonzero(pc.is_in(held, value_set=pa.array(paths, held.type))))


def _named(table: Table, rows: pa.Array) -> list[tuple[str, Size]]:
    """The paths of rows, with the sizes that the table has for them."""
    columns = (table.column(key).take(rows) for key in ("file_path_abs", "width", "height"))
    paths, widths, heights = (column.to_pylist() for column in columns)
    return list(zip(paths, zip(widths, heights, strict=True), strict=True))
