"""Sequences of pictures, or of pictures with what is known of them, as libraries of models have."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from framegrid import images
from framegrid.dataset.ingest.handed_over import is_one, path_in

_DEEPEST = 8


class Items:
    """The pictures of a sequence, asked for one by one.

    An item is a picture, ``(picture, label)``, or a dict with a picture.

    Attributes:
        rest: what stands beside the pictures that were asked for, by key.
    """

    def __init__(self, sequence: Any, data: Any) -> None:
        """Take a sequence, that is the data itself or made of it."""
        self._sequence = _as_files(sequence)
        self._classes = _classes(data)
        self.rest: list[dict[str, Any]] = []

    def __len__(self) -> int:
        """Count the items."""
        return len(self._sequence)

    def __contains__(self, item: object) -> bool:
        """Whether something is an item; nobody asks."""
        return item in self._sequence

    def __iter__(self) -> Iterator[Any]:
        """Yield each picture, or the exception that stood in its way, and note the rest."""
        for place in range(len(self._sequence)):
            try:
                picture, rest = split(self._sequence[place])
            except Exception as error:  # noqa: BLE001 - of whatever library
                picture, rest = error, {}
            self.rest.append({key: self._plain(key, value) for key, value in rest.items()})
            yield picture

    def _plain(self, key: str, value: Any) -> Any:
        """A value as Python has it; of a label the name of its class."""
        if images.has_pixels(value) and getattr(value, "shape", None) == ():
            value = value.item()
        is_class = key == "label" and isinstance(value, int) and not isinstance(value, bool)
        if is_class and 0 <= value < len(self._classes):
            return self._classes[value]
        return value


def split(item: Any) -> tuple[Any, dict[str, Any]]:
    """A picture, and what stands beside it, by key."""
    if isinstance(item, tuple | list) and item:
        picture, *rest = item
        names = ["label", *(f"label_{place}" for place in range(2, len(rest) + 1))]
        return picture, dict(zip(names, rest, strict=True))
    if isinstance(item, Mapping) and not item.keys() <= {"bytes", "path"}:
        key = next((key for key, value in item.items() if _is_picture(value)), None)
        return item.get(key), {str(k): value for k, value in item.items() if k != key}
    return item, {}


def _is_picture(value: Any) -> bool:
    path = path_in(value)
    return is_one(value) if path is None else images.is_image_name(path)


def _as_files(sequence: Any) -> Any:
    """The files of a sequence that opens them as they are, as folders of torchvision do."""
    samples = getattr(sequence, "samples", None)
    is_plain = all(
        getattr(sequence, name, None) is None
        for name in ("transform", "target_transform", "transforms")
    )
    if not is_plain or not isinstance(samples, list) or len(samples) != len(sequence):
        return sequence
    is_listed = all(isinstance(sample, tuple) and _is_file(sample) for sample in samples)
    return samples if is_listed else sequence


def _is_file(sample: tuple[Any, ...]) -> bool:
    return len(sample) == 2 and isinstance(sample[0], str) and images.is_image_name(sample[0])


def _classes(data: Any) -> Sequence[str]:
    """The names of classes that a sequence has, or the one that it is a part of."""
    for _ in range(_DEEPEST):
        classes = getattr(data, "classes", None)
        if isinstance(classes, list | tuple) and all(isinstance(name, str) for name in classes):
            return classes
        data = getattr(data, "dataset", None)
    return ()
