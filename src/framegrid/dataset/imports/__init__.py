"""Metadata from files: which sample each row is for, and which values fit."""

from framegrid.dataset.imports.methods import MetadataImports
from framegrid.dataset.imports.report import ImportReport

__all__ = ["ImportReport", "MetadataImports"]
