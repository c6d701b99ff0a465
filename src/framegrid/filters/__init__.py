"""Filters: conditions on metadata keys, the rows that pass, the query language, and codes.

A filter maps a key to one condition; a sample passes when it meets all of them.

===========================================  =====================================================
condition                                    applies to, and passes
===========================================  =====================================================
``{"min": a, "max": b, "missing": False}``   numbers and datetimes: both ends inclusive, None is
                                             open; samples without a value if ``"missing"`` is True;
                                             ``"inf"`` as min, ``"-inf"`` as max: infinite values;
                                             without bounds, of any key: those with a value
``{"in": ["sunny", None]}``                  strings and booleans: these values; None is missing;
                                             lists: one of these elements; others: only ``[None]``
``{"contains": "dog"}``                      strings: that text in any case (``str.casefold``);
                                             lists: that very element
``{"under": "train/cats"}``                  the built-in ``folder``: this folder and those in it
``{"query": "width < height"}``              under the empty key: the samples for which it is true
===========================================  =====================================================

Keys are ``width``, ``height``, ``file_name``, ``folder``, the metadata keys, and paths to numbers
inside dicts (``gps.lat``).
"""

from framegrid.filters.conditions.conditions import QUERY, Filters, normalise
from framegrid.filters.conditions.passing import mask
from framegrid.filters.conditions.relocating import relocated
from framegrid.filters.keys import DIMENSIONS, FILES, dict_paths, is_folder, resolve, values
from framegrid.filters.language.expressions import query
from framegrid.filters.language.parsing import parse
from framegrid.filters.language.renaming import carried, renamed

__all__ = [
    "DIMENSIONS",
    "FILES",
    "QUERY",
    "Filters",
    "carried",
    "dict_paths",
    "is_folder",
    "mask",
    "normalise",
    "parse",
    "query",
    "relocated",
    "renamed",
    "resolve",
    "values",
]
