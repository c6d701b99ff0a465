"""Traits and messages; the only part that knows traitlets and anywidget."""
