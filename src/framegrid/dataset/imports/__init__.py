"""Metadata from files of other programs."""
