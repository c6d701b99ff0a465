"""The conversation with the browser: requests in, exactly one reply each, and pushes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

from framegrid import images
from framegrid.base import logs
from framegrid.grid import protocol
from framegrid.grid.answers.answers import Answers, picture_of
from framegrid.grid.answers.arrays import Buffers
from framegrid.grid.protocol import Json
from framegrid.images import thumbnails

_ID_CHARACTERS = 200  # the browser's have a tenth of that


class Messenger:
    """Answers the browser's requests.

    Args:
        answers: knows what to answer.
        send: sends content and buffers to the browser; called from any thread.
        name: what the user calls the grid.

    Attributes:
        heard: whether a browser has ever asked for something.
    """

    def __init__(
        self,
        answers: Answers,
        send: Callable[[Json, Buffers], None],
        name: Callable[[], str] = lambda: "grid",
    ) -> None:
        self._answers = answers
        self._name = name
        self._send = send
        self.heard = False
        # Requests for tiles that have no reply yet, and those that can be cancelled.
        self._awaited: set[str] = set()
        self._loading: WeakValueDictionary[str, thumbnails.ThumbnailBatch] = WeakValueDictionary()

    def receive(self, content: Mapping[str, Any]) -> None:
        """Answer one message; what goes wrong is its reply."""
        self.heard = True
        reply_to = str(content.get("id"))[:_ID_CHARACTERS]
        self._guard(reply_to, lambda: self._answer(reply_to, protocol.parse(content)))

    def notice(self, message: str, *, problem: bool = False) -> None:
        """Show the user a message: what happened, or what went wrong."""
        self._send({"push": "notice", "message": _bounded(message), "problem": problem}, [])

    def close(self) -> None:
        """Stop loading."""
        for request in list(self._loading.values()):
            request.cancel()

    def _answer(self, reply_to: str, request: protocol.Request) -> None:
        match request:
            case protocol.Ready():
                self._ok(reply_to, *self._answers.ready(request))
            case protocol.Arrays():
                self._ok(reply_to, *self._answers.arrays(request))
            case protocol.LargePicture():
                self._picture(reply_to, request)
            case protocol.Tiles():
                self._tiles(reply_to, request)
            case protocol.Cancel():
                if loading := self._loading.get(request.target):
                    loading.cancel()
                self._ok(reply_to, {})
            case _:
                self._ok(reply_to, self._told(request))

    def _told(
        self,
        request: protocol.SampleDetail
        | protocol.Stale
        | protocol.Cut
        | protocol.Code
        | protocol.Differences,
    ) -> Json:
        """Answer what takes neither buffers nor time."""
        match request:
            case protocol.SampleDetail():
                return self._answers.detail(request.sample_id)
            case protocol.Stale():
                return self._answers.stale()
            case protocol.Cut():
                return self._answers.cut(request)
            case protocol.Differences():
                return self._answers.differences(request)
            case protocol.Code():
                return self._answers.code(request, self._name())

    def _picture(self, reply_to: str, request: protocol.LargePicture) -> None:
        def answer(made: Future[images.Encoded]) -> None:
            buffers: Buffers = []
            error = made.exception()
            encoded = _bounded(str(error)) if error else made.result()
            picture = picture_of(request.sample_id, encoded, buffers)
            self._ok(reply_to, {"picture": picture}, buffers)

        path = self._answers.path(request.sample_id)
        # Comm handlers of all widgets share one thread: the decoding is not awaited here.
        making = thumbnails.shared().picture(path, request.size, protocol.MAX_MESSAGE_BYTES)
        making.add_done_callback(lambda made: self._guard(reply_to, partial(answer, made)))

    def _tiles(self, reply_to: str, request: protocol.Tiles) -> None:
        if reply_to in self._awaited:
            return  # it is asked again, since its answers take long
        samples = self._answers.samples(request.sample_ids)
        self._part(reply_to, {"tiles": self._answers.tiles(request), "pictures": []}, [])
        pictured = samples if request.size else []
        ids = [sample.sample_id for sample in pictured]

        def deliver(made: list[thumbnails.Thumbnail]) -> None:
            for content, buffers in _packed(ids, made):
                self._part(reply_to, content, buffers)

        def done() -> None:
            self._awaited.discard(reply_to)
            self._ok(reply_to, {})

        paths = [sample.file_path_abs for sample in pictured]
        self._awaited.add(reply_to)
        self._loading[reply_to] = thumbnails.shared().request(paths, request.size, deliver, done)

    def _guard(self, reply_to: str, answer: Callable[[], None]) -> None:
        try:
            answer()
        except Exception as error:  # noqa: BLE001 - every request has a reply
            logs.failed("a request", error)
            message = _bounded(f"{type(error).__name__}: {error}")
            self._send({"reply": reply_to, "error": message}, [])

    def _part(self, reply_to: str, part: Json, buffers: Buffers) -> None:
        self._send({"reply": reply_to, "part": part}, buffers)

    def _ok(self, reply_to: str, answer: Json, buffers: Buffers | None = None) -> None:
        self._send({"reply": reply_to, "ok": answer}, buffers or [])


def _bounded(message: str) -> str:
    return protocol.cut(message, protocol.MAX_ERROR_CHARACTERS)  # type: ignore[no-any-return]


def _packed(ids: list[int], made: Iterable[thumbnails.Thumbnail]) -> Iterator[tuple[Json, Buffers]]:
    """Thumbnails as parts that stay below the limit of one message."""
    pictures: list[protocol.Picture] = []
    buffers: Buffers = []
    for thumbnail in made:
        encoded = thumbnail.encoded
        size = len(encoded.data) if encoded else 0
        if size + sum(map(len, buffers)) > protocol.MAX_MESSAGE_BYTES:
            yield {"tiles": [], "pictures": pictures}, buffers
            pictures, buffers = [], []
        pictures.append(
            picture_of(ids[thumbnail.index], encoded or _bounded(str(thumbnail.error)), buffers)
        )
    yield {"tiles": [], "pictures": pictures}, buffers
