"""The dataset: images and metadata in, edits, everything out."""

from framegrid.dataset.compute.computing import ComputeReport
from framegrid.dataset.connection.location import is_dataset_file
from framegrid.dataset.connection.view import DatasetView
from framegrid.dataset.image_dataset import ImageDataset
from framegrid.dataset.reports.import_report import ImportReport
from framegrid.dataset.reports.ingest_reports import ExifReport, IngestReport
from framegrid.dataset.sample import Sample

__all__ = [
    "ComputeReport",
    "DatasetView",
    "ExifReport",
    "ImageDataset",
    "ImportReport",
    "IngestReport",
    "Sample",
    "is_dataset_file",
]
