"""Annotation files of labelling tools as metadata of the images."""

from framegrid.dataset.imports.labels.formats import Format, read_labels

__all__ = ["Format", "read_labels"]
