"""Thumbnails for what is shared, waited for."""

from threading import Event

from framegrid import thumbnails
from framegrid.images import Encoded


def ready_thumbnails(paths: list[str], size: int, seconds: float | None) -> dict[int, Encoded]:
    """Give thumbnails by position in `paths`: those made in time, broken files left out.

    Args:
        paths: the image files.
        size: longer edge in px, rounded up as for the grid, which finds them made.
        seconds: how long to wait; None for as long as it takes.
    """
    made: dict[int, Encoded] = {}
    done = Event()

    def deliver(answers: list[thumbnails.Thumbnail]) -> None:
        made.update((answer.index, answer.encoded) for answer in answers if answer.encoded)

    request = thumbnails.shared().request(paths, size, deliver, done.set)
    if not done.wait(seconds):
        request.cancel()
    return dict(made)
