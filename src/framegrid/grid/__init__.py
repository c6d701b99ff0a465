"""The widget that shows a dataset in a notebook."""

from framegrid.grid.widget.grid import Grid

__all__ = ["Grid"]
