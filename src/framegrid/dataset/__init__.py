"""The dataset: opening, editing and asking it; the only room that changes the table."""

from framegrid.dataset.computing import ComputeReport
from framegrid.dataset.connection import Moment
from framegrid.dataset.core import ImageDataset
from framegrid.dataset.imports.report import ImportReport
from framegrid.dataset.reports import ExifReport, IngestReport
from framegrid.dataset.sample import Sample

__all__ = [
    "ComputeReport",
    "ExifReport",
    "ImageDataset",
    "ImportReport",
    "IngestReport",
    "Moment",
    "Sample",
]
