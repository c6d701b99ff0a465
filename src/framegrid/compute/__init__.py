"""A function over many images, in parallel on any executor; what it gave and what went wrong."""

from framegrid.compute.notes import NOTES, State, file_states, is_outdated, noted
from framegrid.compute.portable import Function, Outcome
from framegrid.compute.run import outcomes

__all__ = [
    "NOTES",
    "Function",
    "Outcome",
    "State",
    "file_states",
    "is_outdated",
    "noted",
    "outcomes",
]
