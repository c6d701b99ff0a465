"""Ways out of a dataset: CSV, COCO, folders of images."""

from framegrid.dataset.exports.methods import DatasetExports

__all__ = ["DatasetExports"]
