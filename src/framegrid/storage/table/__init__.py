"""Columns in memory, and the changes that make one table of another."""
