"""What the kernel answers to a grid's requests: plain payloads and buffers; knows no comm."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import suppress
from sys import getsizeof
from typing import Any

import numpy as np

from framegrid import images
from framegrid.base import brief, logs, threads
from framegrid.dataset import ImageDataset, Sample
from framegrid.grid import protocol
from framegrid.grid.answers import arrays
from framegrid.grid.answers.arrays import Buffers, Encoded
from framegrid.grid.answers.cells import cell
from framegrid.grid.answers.column_cache import ColumnCache
from framegrid.grid.answers.cutting import Cutting
from framegrid.grid.answers.differing import Difference, Sides, differences, on_wire, sides
from framegrid.grid.answers.grid_view import GridView
from framegrid.grid.answers.groups import parse_group
from framegrid.grid.answers.orders import sort_keys
from framegrid.grid.answers.packed_ids import LONGEST_LIST, unpack
from framegrid.grid.answers.shown import asked
from framegrid.grid.protocol import Json

# Arrays stay encoded while the browser pulls them piece by piece, and while the column is the same.
KEPT_BYTES = 64_000_000
# A page that loads a revision gets all of it, however fast the dataset changes meanwhile.
KEPT_VIEWS = 4

# Of many rows the next arrays are made while one is on its way: so many, and so many at a time.
AHEAD, AHEAD_ROWS = 2, 500_000

_FIELDS = ("sample_id", "file_name", "file_path_abs", "width", "height")


class StaleViewError(Exception):
    """What is asked for does not fit a view that is no longer the latest."""


class Answers:
    """Answers the requests of one grid about `dataset`."""

    def __init__(self, dataset: ImageDataset) -> None:
        self._dataset = dataset
        self._facts = ColumnCache(getsizeof, KEPT_BYTES)
        self._encoded = ColumnCache(lambda encoded: encoded[0].nbytes, KEPT_BYTES)
        self._view = GridView(dataset.view(), self._facts)
        self._loading: dict[int, GridView] = {}
        self._cutting = Cutting()
        self._ahead: dict[str, Future[object]] = {}
        self._threads: Executor | None = None

    @property
    def view(self) -> GridView:
        """The dataset as it is now."""
        if self._view.revision != self._dataset.revision:
            self._view = GridView(self._dataset.view(), self._facts)
        return self._view

    def describe(self) -> Json:
        """The dataset's name, size and keys."""
        view = self.view
        self._loading[view.revision] = view
        while len(self._loading) > KEPT_VIEWS:
            self._loading.pop(next(iter(self._loading)))
        return {
            "protocol": protocol.PROTOCOL_VERSION,
            "name": self._dataset.name,
            "revision": view.revision,
            "rows": len(view.rows),
            "first_id": view.first_id,
            "columns": view.keys,
            "sizes": self._dataset.sizes_progress,
            "versions": view.versions,
        }

    def ready(self, request: protocol.Ready) -> tuple[Json, Buffers]:
        """The description, and of what the browser has the arrays that are others now."""
        self._dataset.read_sizes_later()
        description = self.describe()
        view = self._loading[description["revision"]]
        pieces, buffers = arrays.pack(self._renewed(view, request), 0)
        whole = [piece for piece in pieces if piece["stop"] == description["rows"]]
        return {**description, "pieces": whole}, buffers[: len(whole)]

    def arrays(self, request: protocol.Arrays) -> tuple[Json, Buffers]:
        """As many rows of the asked arrays as one message may carry."""
        view = self._loading.get(request.revision) or self.view
        if request.revision == view.revision:
            made = (self._array_or_reason(view, spec) for spec in request.arrays)
            with suppress(StaleViewError):
                pieces, buffers = arrays.pack(enumerate(made), request.start)
                self._begin(view, request.arrays[len(pieces) :][:AHEAD])
                return {"stale": False, "pieces": pieces}, buffers
        return {"stale": True, "pieces": []}, []

    def samples(self, sample_ids: list[int]) -> list[Sample]:
        """Those of the samples that the dataset still has."""
        return [self._dataset.get_sample(id_) for id_ in sample_ids if id_ in self._dataset]

    def tiles(self, request: protocol.Tiles) -> list[Json]:
        """Names, captions and the values sorted by, as they are in the revision that is shown.

        None where that revision is no longer known: the page is about to show another one.
        """
        latest = request.revision is None
        view = self.view if latest else self._loading.get(request.revision or 0)
        if view is None:
            return []
        ids = view.known(request.sample_ids)
        rows = np.searchsorted(view.rows.to_numpy(), ids)
        sorted_by = [key.name for key in sort_keys(request.sort, view) if key.seed is None]
        keys = ["file_name", *request.captions, *sorted_by]
        size = protocol.longest_text(len(ids) * len(keys))
        columns = [[protocol.cut(cell, size) for cell in view.cells(key, rows)] for key in keys]
        captions = len(request.captions)
        return [
            {
                "sample_id": int(sample_id),
                "name": name,
                "captions": list(cells[:captions]),
                "sorted": list(cells[captions:]),
            }
            for sample_id, name, *cells in zip(ids, *columns, strict=True)
        ]

    def cut(self, request: protocol.Cut) -> Json:
        """The samples on both sides of a cut, nearest first.

        Raises:
            UnknownKeyError, FilterError: as for ``Cutting.answer``.
        """
        return self._cutting.answer(self.view, request)

    def differences(self, request: protocol.Differences) -> Json:
        """In which keys the samples that a page shows, or has selected, differ from the rest.

        Raises:
            UnknownKeyError, FilterError: as for ``passing``.
        """
        view = self.view
        selected = unpack(request.selected, len(view.rows) + LONGEST_LIST)
        compared = sides(asked(request.filters, request.rows, view), selected, view)
        return on_wire(compared, self.differing(compared))

    def differing(self, compared: Sides) -> list[Difference]:
        """How samples differ from the others, key by key; see ``differences``."""
        view = self.view

        def codes_of(key: str) -> Encoded:
            return self._array(view, {"of": "codes", "key": key, "extra": []})

        return differences(view, codes_of, compared)

    def detail(self, sample_id: int) -> Json:
        """All fields of a sample, metadata and its last changes; of long values the beginning.

        Raises:
            UnknownSampleError: it is not in the dataset.
        """
        sample = self._dataset.get_sample(sample_id)
        schema = self._dataset.schema
        size = protocol.longest_text(2 * len(schema))
        fields = {name: getattr(sample, name) for name in _FIELDS}
        place = images.said(fields["file_path_abs"])
        if place != fields["file_path_abs"]:  # a part of a file: its locator says it less plainly
            fields = {
                "sample_id": sample_id,
                "file_name": sample.file_name,
                "place": place,
            } | fields
        return {
            "fields": [[name, protocol.to_value(value)] for name, value in fields.items()],
            "metadata": [
                [key, schema[key], protocol.cut(protocol.to_value(value), size)]
                for key, value in sample.metadata.items()
            ],
            "changes": {
                key: {
                    "old": protocol.cut(protocol.to_value(change.old), size),
                    "when": change.when.isoformat(),
                    "what": change.what,
                }
                for key, change in self._dataset.last_changes(sample_id).items()
            },
        }

    def stale(self) -> Json:
        """What is to be said of the keys that are stale."""
        return {"keys": self._dataset.stale_keys()}

    def code(self, request: protocol.Code, grid: str) -> Json:
        """A Python cell; see ``cell``, which says what may be wrong.

        Args:
            request: what the cell is to do.
            grid: what the user calls the grid.
        """
        return {"code": cell(request, self.view, grid)}

    def path(self, sample_id: int) -> str:
        """Where the image of a sample is.

        Raises:
            UnknownSampleError: it is not in the dataset.
        """
        return self._dataset.get_sample(sample_id).file_path_abs

    def _renewed(self, view: GridView, request: protocol.Ready) -> Iterator[tuple[int, Encoded]]:
        """The arrays that are others now, by index, but those that there can be no more."""
        before, now = request.versions, view.versions
        if before.get("sample_id") != now["sample_id"]:
            return
        for index, spec in enumerate(request.arrays):
            with suppress(Exception):  # it is asked for again, and its reason told then
                keys = arrays.keys_of(view, spec)
                if not all(key in now and now[key] == before.get(key) for key in keys):
                    yield index, self._array(view, spec)

    def _array_or_reason(self, view: GridView, spec: Mapping[str, Any]) -> Encoded:
        """One array; where there is none the reason, as the trouble of its key alone.

        Raises:
            StaleViewError: it may be about keys that the view does not know yet.
        """
        try:
            return self._array(view, spec)
        except Exception as error:
            if view.revision != self._dataset.revision:
                raise StaleViewError from error
            logs.failed(f"the array {brief(dict(spec))}", error)
            reason = protocol.cut(str(error), protocol.MAX_ERROR_CHARACTERS)
            return np.zeros(len(view.rows), np.uint8), {"kind": "error", "message": reason}

    def _array(self, view: GridView, spec: Mapping[str, Any]) -> Encoded:
        """One array and its header; where it is being made, that is awaited."""
        if coming := self._ahead.pop(_name(spec), None):
            coming.exception()
        return self._made(view, spec)

    def _made(self, view: GridView, spec: Mapping[str, Any]) -> Encoded:
        """One array and its header, made once as long as what it is made of is the same."""
        made_of: object = view
        match spec:
            case {"of": "ids"}:
                made_of = view.rows
            case {"of": "codes", "key": key}:
                made_of = view.column(key)
            case {"of": "sections", "group": group}:
                made_of = view.column(parse_group(group, view).key)
        return self._encoded.get(_name(spec), made_of, lambda: arrays.encode(view, spec))

    def _begin(self, view: GridView, specs: Sequence[Mapping[str, Any]]) -> None:
        """Have arrays made on other threads, as most of it is done outside of Python's lock."""
        if len(view.rows) < AHEAD_ROWS:
            return
        self._threads = self._threads or threads.pool(AHEAD, "framegrid-codes")
        for spec in specs:
            if _name(spec) not in self._ahead:
                self._ahead[_name(spec)] = self._threads.submit(self._made, view, spec)


def _name(spec: Mapping[str, Any]) -> str:
    return repr(sorted(spec.items()))


def picture_of(sample_id: int, encoded: images.Encoded | str, buffers: Buffers) -> protocol.Picture:
    """Describe an encoded picture, or the reason for having none; its bytes go to `buffers`."""
    error = encoded if isinstance(encoded, str) else None
    made = images.Encoded(b"", "", 0, 0) if isinstance(encoded, str) else encoded
    if error is None:
        buffers.append(memoryview(made.data))
    return {
        "sample_id": sample_id,
        "error": error,
        "mime": made.mime,
        "width": made.width,
        "height": made.height,
        "buffer": len(buffers) - 1 if error is None else -1,
    }
