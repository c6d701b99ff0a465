"""What the kernel answers to a grid's requests: plain payloads and buffers; knows no comm."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from sys import getsizeof
from typing import Any

from framegrid import arrays, filters, images, protocol
from framegrid.arrays import Buffers, Encoded
from framegrid.dataset import ImageDataset, Sample
from framegrid.errors import UnknownKeyError
from framegrid.protocol import Json
from framegrid.schema import BUILTIN_COLUMNS, KeyType
from framegrid.view import Derived, View

# Arrays stay encoded while the browser pulls them piece by piece, and while the column is the same.
KEPT_BYTES = 64_000_000
# A page that loads a revision gets all of it, however fast the dataset changes meanwhile.
KEPT_VIEWS = 4


class Answers:
    """Answers the requests of one grid about `dataset`."""

    def __init__(self, dataset: ImageDataset) -> None:
        self._dataset = dataset
        self._told = Derived(getsizeof, KEPT_BYTES)
        self._encoded = Derived(lambda encoded: encoded[0].nbytes, KEPT_BYTES)
        self._view = View(dataset.moment(), self._told)
        self._loading: dict[int, View] = {}

    @property
    def view(self) -> View:
        """The dataset as it is now."""
        if self._view.revision != self._dataset.revision:
            self._view = View(self._dataset.moment(), self._told)
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
            "versions": view.versions,
        }

    def ready(self, request: protocol.Ready) -> tuple[Json, Buffers]:
        """The description, and of what the browser has the arrays that are others now."""
        description = self.describe()
        view = self._loading[description["revision"]]
        pieces, buffers = arrays.pack(self._renewed(view, request), 0)
        whole = [piece for piece in pieces if piece["stop"] == description["rows"]]
        return {**description, "pieces": whole}, buffers[: len(whole)]

    def arrays(self, request: protocol.Arrays) -> tuple[Json, Buffers]:
        """As many rows of the asked arrays as one message may carry."""
        view = self._loading.get(request.revision) or self.view
        if request.revision == view.revision:
            try:
                made = (self._array(view, spec) for spec in request.arrays)
                pieces, buffers = arrays.pack(enumerate(made), request.start)
            except (KeyError, TypeError, ValueError):
                if view.revision == self._dataset.revision:
                    raise  # else it is about keys that the page does not know yet
            else:
                return {"stale": False, "pieces": pieces}, buffers
        return {"stale": True, "pieces": []}, []

    def samples(self, sample_ids: list[int]) -> list[Sample]:
        """Those of the samples that the dataset still has."""
        return [self._dataset.get_sample(id_) for id_ in sample_ids if id_ in self._dataset]

    def tiles(self, samples: list[Sample], request: protocol.Tiles) -> list[Json]:
        """Names, captions and the values sorted by."""
        key, _ = protocol.parse_sort(request.sort)
        schema = self._view.schema  # what the page knows; the latest would take a while to make
        size = protocol.longest_text(len(samples) * (len(request.captions) + 1))

        def field(sample: Sample, key: str) -> Any:
            return protocol.cut(_field(sample, key, schema), size)

        return [
            {
                "sample_id": sample.sample_id,
                "name": sample.file_name,
                "captions": [field(sample, caption) for caption in request.captions],
                "sorted": field(sample, key) if key else None,
            }
            for sample in samples
        ]

    def detail(self, sample_id: int) -> Json:
        """All fields and metadata of a sample, of very long values the beginning.

        Raises:
            UnknownSampleError: it is not in the dataset.
        """
        sample = self._dataset.get_sample(sample_id)
        schema = self._dataset.schema
        size = protocol.longest_text(len(schema))
        return {
            "fields": [
                [name, protocol.to_value(getattr(sample, name))]
                for name in ("sample_id", "file_name", "file_path_abs", "width", "height")
            ],
            "metadata": [
                [key, schema[key], protocol.cut(protocol.to_value(value), size)]
                for key, value in sample.metadata.items()
            ],
        }

    def query(self, request: protocol.Query) -> Json:
        """Filters as an expression for ``DataFrame.query``.

        Raises:
            FilterError: pandas has no way to write a key's name.
        """
        schema = self.view.schema
        return {"query": filters.query(filters.normalise(request.filters, schema), schema)}

    def path(self, sample_id: int) -> str:
        """Where the image of a sample is.

        Raises:
            UnknownSampleError: it is not in the dataset.
        """
        return self._dataset.get_sample(sample_id).file_path_abs

    def _renewed(self, view: View, request: protocol.Ready) -> Iterator[tuple[int, Encoded]]:
        """Give the arrays that are others, but those that there can be no more."""
        before, now = request.versions, view.versions
        if before.get("sample_id") != now["sample_id"]:
            return
        for index, spec in enumerate(request.arrays):
            key = arrays.key_of(spec)
            if key in now and now[key] == before.get(key):
                continue
            with suppress(KeyError, TypeError, ValueError):
                yield index, self._array(view, spec)

    def _array(self, view: View, spec: Mapping[str, Any]) -> Encoded:
        """One array and its header, made once as long as what it is made of is the same."""
        made_of: object = view
        match spec:
            case {"of": "ids"}:
                made_of = view.rows
            case {"of": "codes", "key": key}:
                made_of = view.column(key)
        name = repr(sorted(spec.items()))
        return self._encoded.get(name, made_of, lambda: arrays.encode(view, spec))


def picture_of(sample_id: int, encoded: images.Encoded | str, buffers: Buffers) -> protocol.Picture:
    """Describe an encoded picture, or the reason for having none; its bytes go to `buffers`."""
    if isinstance(encoded, str):
        return {
            "sample_id": sample_id,
            "error": encoded,
            "mime": "",
            "width": 0,
            "height": 0,
            "buffer": -1,
        }
    buffers.append(memoryview(encoded.data))
    return {
        "sample_id": sample_id,
        "error": None,
        "mime": encoded.mime,
        "width": encoded.width,
        "height": encoded.height,
        "buffer": len(buffers) - 1,
    }


def _field(sample: Sample, key: str, schema: Mapping[str, KeyType]) -> Any:
    """The value of a built-in column, a metadata key or a number inside a dict, as JSON."""
    if key in BUILTIN_COLUMNS:
        return protocol.to_value(getattr(sample, key))
    try:
        target = filters.resolve(key, schema)
    except UnknownKeyError:
        return None  # it has just been renamed or dropped
    value = sample.metadata[target.column]
    for step in target.path:
        value = value.get(step) if isinstance(value, dict) else None
    return protocol.to_value(value)
