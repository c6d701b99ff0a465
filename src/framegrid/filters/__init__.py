"""Filters: conditions on metadata keys, the rows that pass them, and the same as query text.

A filter maps a key to one condition; a sample passes when it meets all of them.

===========================================  =====================================================
condition                                    applies to, and passes
===========================================  =====================================================
``{"min": a, "max": b, "missing": False}``   numbers and datetimes: both ends inclusive, None is
                                             open; samples without a value if ``"missing"`` is True;
                                             ``"inf"`` as min, ``"-inf"`` as max: infinite values
``{"in": ["sunny", None]}``                  strings and booleans: these values; None is missing;
                                             lists: one of these elements; others: only ``[None]``
``{"contains": "dog"}``                      strings: that text in any case (``str.casefold``);
                                             lists: that very element
``{"query": "width < height"}``              under the empty key: the samples for which it is true
===========================================  =====================================================

Keys are ``width``, ``height``, the metadata keys, and paths to numbers inside dicts (``gps.lat``).
"""

from framegrid.filters.conditions import Condition, Filters, normalise
from framegrid.filters.expressions import query
from framegrid.filters.keys import DIMENSIONS, dict_paths, resolve, values
from framegrid.filters.language import parse
from framegrid.filters.renaming import carried, renamed
from framegrid.filters.rows import mask

__all__ = [
    "DIMENSIONS",
    "Condition",
    "Filters",
    "carried",
    "dict_paths",
    "mask",
    "normalise",
    "parse",
    "query",
    "renamed",
    "resolve",
    "values",
]
