"""Which formats there are, and what their headers declare."""

from framegrid.images.formats.known import load_formats

__all__ = ["load_formats"]
