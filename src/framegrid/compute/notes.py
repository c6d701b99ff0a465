"""Notes of which file a value was computed from: one short text per sample, beside the values.

The note is JSON: by metadata key the state (size and time of modification) of the image file that
its value was computed from. It is itself a metadata value, so that it is saved, copied and undone
together with the values; everything else is derived: what is missing from the values, what has
changed from the files.
"""

import json
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from itertools import chain

from framegrid import images

NOTES = "computed_from"
"""The metadata key of the notes."""

State = str | None
"""A short digest of a file's size and time of modification; None when there is no file."""

_THREADS = 16  # for network disks; a local one needs none
_FILES_PER_TASK = 256


def file_states(paths: Sequence[str]) -> list[State]:
    """Give the state of each file."""
    tasks = [paths[i : i + _FILES_PER_TASK] for i in range(0, len(paths), _FILES_PER_TASK)]
    with ThreadPoolExecutor(_THREADS, "framegrid-states") as threads:
        return list(chain.from_iterable(threads.map(_states, tasks)))


def is_outdated(note: str | None, keys: Iterable[str], state: State) -> bool:
    """Tell whether one of the keys was computed from another state of the file than it has now."""
    known = _parsed(note)
    return state is not None and any(known.get(key, state) != state for key in keys)


def noted(note: str | None, keys: Iterable[str], state: State) -> str | None:
    """Give the note once the keys are computed from the file in this state."""
    if state is None:
        return note
    return json.dumps(_parsed(note) | dict.fromkeys(keys, state), separators=(",", ":"))


def _states(paths: Sequence[str]) -> list[State]:
    return [_digest(state) for state in images.file_states(paths)]


def _digest(state: images.FileState | None) -> State:
    if state is None:
        return None
    text = f"{state.size} {state.version}"
    return blake2b(text.encode(), digest_size=6).hexdigest()


def _parsed(note: str | None) -> dict[str, State]:
    """Read a note; one that somebody edited into something else says nothing."""
    try:
        known = json.loads(note or "{}")
    except ValueError:
        return {}
    return known if isinstance(known, dict) else {}
