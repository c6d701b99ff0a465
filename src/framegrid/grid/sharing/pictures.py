"""Thumbnails for what is shared, waited for."""

import logging
from base64 import b64encode
from collections.abc import Iterator, Sequence
from threading import Event

import numpy as np

from framegrid import images
from framegrid.grid.protocol import Json
from framegrid.images import thumbnails

_SIZES_PX = (1024, 512, 256, 128)
_PROBES = 16
_BATCH = 64
_PATIENCE_S = 120.0
"""Longer than one picture may take, and the start of a process before it."""

_logger = logging.getLogger("framegrid")

# What stands around the bytes of a picture.
_OVERHEAD_BYTES = 90


def ready_thumbnails(
    paths: Sequence[str], size: int, seconds: float | None = None
) -> dict[int, thumbnails.Thumbnail]:
    """Thumbnails by position in `paths`: all of them, or those made in time.

    Args:
        paths: the image files.
        size: longer edge in px, rounded up as for the grid, which finds them made.
        seconds: how long to wait; None for as long as it takes: an error stands for those that did
            not come although there was time for many.
    """
    made: dict[int, thumbnails.Thumbnail] = {}
    done = Event()

    def deliver(answers: list[thumbnails.Thumbnail]) -> None:
        made.update((answer.index, answer) for answer in answers)

    batch = thumbnails.shared().request(paths, size, deliver, done.set)
    if seconds is None:
        _wait(batch, done)
        late = set(range(len(paths))).difference(made)
        made.update(
            (index, thumbnails.Thumbnail(index, None, "took longer than it may")) for index in late
        )
    elif not done.wait(seconds):
        batch.cancel()
    return dict(made)


def _wait(batch: thumbnails.ThumbnailBatch, done: Event) -> None:
    """Wait for the end of a request, as long as it makes progress."""
    still_open = None
    while not done.wait(_PATIENCE_S):
        before, still_open = still_open, batch.open
        if before == still_open:
            _logger.error("framegrid: %d thumbnails did not come", len(still_open))
            batch.cancel()
            return


def fitting_pictures(paths: Sequence[str], room: int) -> Iterator[Json]:
    """Pictures as JSON, from the first path on, as long as there is room.

    They are as large as the room allows for all, and of the smallest size where it does not.

    Args:
        paths: the image files.
        room: in bytes.
    """
    size = _fitting_size(paths, room)
    for start in range(0, len(paths), _BATCH):
        batch = paths[start : start + _BATCH]
        made = ready_thumbnails(batch, size)
        for index in range(len(batch)):
            room -= _bytes(made[index])
            if room < 0:
                return
            yield _to_json(made[index])


def _fitting_size(paths: Sequence[str], room: int) -> int:
    """Choose the size by pictures from all over."""
    spread = np.linspace(0, len(paths) - 1, min(_PROBES, len(paths))).astype(int)
    probes = [paths[index] for index in spread]
    for size in _SIZES_PX[:-1]:
        made = ready_thumbnails(probes, size).values()
        if sum(map(_bytes, made)) * len(paths) <= room * len(probes):
            return size
    return _SIZES_PX[-1]


def _bytes(made: thumbnails.Thumbnail) -> int:
    data = made.encoded.data if made.encoded else b""
    return len(data) * 4 // 3 + _OVERHEAD_BYTES


def _to_json(made: thumbnails.Thumbnail) -> Json:
    if made.encoded is None:
        return {"error": images.fixed_reason(str(made.error))}
    encoded = made.encoded
    return {
        "mime": encoded.mime,
        "width": encoded.width,
        "height": encoded.height,
        "data": b64encode(encoded.data).decode(),
    }
