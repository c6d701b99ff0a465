"""The dataset: opening, editing and asking it; the only room that changes the table."""

from framegrid.dataset.connection import Moment
from framegrid.dataset.core import ImageDataset
from framegrid.dataset.reports import ImportReport, IngestReport
from framegrid.dataset.sample import Sample

__all__ = ["ImageDataset", "ImportReport", "IngestReport", "Moment", "Sample"]
