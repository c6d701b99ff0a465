"""A function over many images, in parallel on any executor; what it gave and what went wrong."""

from framegrid.compute.notes import NONE, States, file_checksums
from framegrid.compute.portable import Function, Outcome
from framegrid.compute.run import outcomes

__all__ = [
    "NONE",
    "Function",
    "Outcome",
    "States",
    "file_checksums",
    "outcomes",
]
