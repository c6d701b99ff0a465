"""One image of a dataset and its metadata: light views that read and write the dataset."""

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, cast

from framegrid import images
from framegrid.base import UnknownKeyError, brief
from framegrid.dataset.connection.connection import Connection
from framegrid.dataset.ingest.sizes import size_of

if TYPE_CHECKING:
    from PIL.Image import Image

_REFUSE: Any = object()


class Metadata(MutableMapping[str, Any]):
    """The metadata of one sample, as a dict that writes through to the dataset.

    It differs from a dict in two ways: reading a key that the sample does not have gives None, and
    setting a key to None removes it. Each edit is on disk when it returns, and ``update`` is one
    edit. Lists and dicts are given out as copies: to change one, assign it again.

    Example:
        ```python
        sample.metadata["temperature"] = 25.3
        sample.metadata.update({"city": "Zurich"}, confidence=0.95)
        sample.metadata["humidity"]  # None
        ```
    """

    __slots__ = ("_connection", "_sample_id")

    def __init__(self, connection: Connection, sample_id: int) -> None:
        self._connection = connection
        self._sample_id = sample_id

    def __getitem__(self, key: str) -> Any:
        """The value of `key`, None when the sample has none."""
        return self._connection.metadata_value(self._sample_id, key)

    def __setitem__(self, key: str, value: Any) -> None:
        """Set one value; None removes it.

        Raises:
            MetadataTypeError: the key holds values of another type.
            TypeError, ValueError, OverflowError: the key or the value cannot be stored.
        """
        self._connection.set_metadata(self._sample_id, {key: value})

    def __delitem__(self, key: str) -> None:
        """Remove the value of `key`.

        Raises:
            UnknownKeyError: the sample has none.
        """
        if key not in self:
            raise UnknownKeyError(f"sample {self._sample_id} has no metadata key {brief(key)}")
        self[key] = None

    def __iter__(self) -> Iterator[str]:
        """Go through the keys that this sample has, in the dataset's order."""
        return iter(self._as_dict())

    def __len__(self) -> int:
        """Count the keys that this sample has."""
        return len(self._as_dict())

    def __contains__(self, key: object) -> bool:
        """Whether the sample has a value for `key`."""
        return isinstance(key, str) and self[key] is not None

    def __repr__(self) -> str:
        """Show it as the dict it stands for."""
        return repr(self._as_dict())

    def update(  # type: ignore[override]  # one edit, where the mixin would make one per key
        self,
        other: Mapping[str, Any] | Iterable[tuple[str, Any]] = (),
        /,
        **values: Any,
    ) -> None:
        """Set several values in one edit: all of them, or none when one is refused.

        Raises:
            MetadataTypeError: a key holds values of another type.
            TypeError, ValueError, OverflowError: a key or a value cannot be stored.
        """
        self._connection.set_metadata(self._sample_id, dict(other, **values))

    def clear(self) -> None:
        """Remove all values in one edit."""
        self.update(dict.fromkeys(self))

    def get(self, key: str, default: Any = None) -> Any:
        """The value of `key`, or `default` when the sample has none."""
        value = self[key]
        return default if value is None else value

    def setdefault(self, key: str, default: Any = None) -> Any:
        """The value of `key`, set to `default` first when the sample has none."""
        if key not in self:
            self[key] = default
        return self[key]

    def pop(self, key: str, default: Any = _REFUSE) -> Any:
        """Remove the value of `key` and give it, or `default` when the sample has none.

        Raises:
            UnknownKeyError: the sample has none, and there is no `default`.
        """
        value = self[key]
        if value is None and default is not _REFUSE:
            return default
        del self[key]
        return value

    def _as_dict(self) -> dict[str, Any]:
        return self._connection.metadata(self._sample_id)


class Sample:
    """One image of a dataset.

    Samples are views: they hold no values, so each access shows the dataset as it is now, with what
    other processes changed until some 10 ms ago. Every access to a sample that was removed from the
    dataset raises ``UnknownSampleError``. Two samples are equal when they are the same one of the
    same opened dataset.

    Example:
        ```python
        for sample in dataset:
            with sample.open() as image:
                sample.metadata["mode"] = image.mode
        ```
    """

    __slots__ = ("_connection", "_sample_id")

    def __init__(self, connection: Connection, sample_id: int) -> None:
        self._connection = connection
        self._sample_id = sample_id

    @property
    def sample_id(self) -> int:
        """The sample's number in its dataset: it never changes and is never given again."""
        return self._sample_id

    @property
    def file_name(self) -> str:
        """The name of the image file, with its extension."""
        return cast(str, self._field("file_name"))

    @property
    def file_path_abs(self) -> str:
        """The absolute path of the image file, or its URL on object storage."""
        return cast(str, self._field("file_path_abs"))

    @property
    def folder(self) -> str:
        """The folder of the image file below the one that all images of the dataset share."""
        return cast(str, self._field("folder"))

    @property
    def width(self) -> int | None:
        """Width in px as displayed (EXIF orientation applied); None when it cannot be read."""
        return self._size()[0]

    @property
    def height(self) -> int | None:
        """Height in px as displayed (EXIF orientation applied); None when it cannot be read."""
        return self._size()[1]

    @property
    def metadata(self) -> Metadata:
        """The sample's metadata, as a dict that writes through to the dataset."""
        return Metadata(self._connection, self._sample_id)

    def open(self) -> "Image":
        """Decode the image, upright by its EXIF orientation.

        Raises:
            BrokenImageError: the file is missing or cannot be decoded; the message says why.
        """
        return images.open_upright(self.file_path_abs)

    def __eq__(self, other: object) -> bool:
        """Whether both are the same sample of the same opened dataset."""
        if not isinstance(other, Sample):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        """Hash what equality compares."""
        return hash(self._key())

    def __repr__(self) -> str:
        """Show the id, the file name, the size in px and the metadata."""
        return (
            f"Sample(sample_id={self._sample_id}, file_name={self.file_name!r}, "
            f"width={self.width}, height={self.height}, metadata={self.metadata!r})"
        )

    def _size(self) -> tuple[int | None, int | None]:
        return size_of(self._field)

    def _field(self, column: str) -> Any:
        return self._connection.builtin_value(self._sample_id, column)

    def _key(self) -> tuple[int, int]:
        return id(self._connection), self._sample_id
