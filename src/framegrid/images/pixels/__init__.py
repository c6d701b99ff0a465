"""Upright pixels, encoded pictures, and why there is none."""

from framegrid.images.pixels.encoding import Encoded, picture, thumbnail
from framegrid.images.pixels.reading import open_upright
from framegrid.images.pixels.sending import sent

__all__ = ["Encoded", "open_upright", "picture", "sent", "thumbnail"]
