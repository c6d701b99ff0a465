"""Thumbnails on request, made by workers, kept on disk."""

from framegrid.images.thumbnails.batch import Thumbnail, ThumbnailBatch
from framegrid.images.thumbnails.making import shared

__all__ = ["Thumbnail", "ThumbnailBatch", "shared"]
