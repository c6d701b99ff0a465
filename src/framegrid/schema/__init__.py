"""Types of metadata: normalising values at the door, conflicts, and Arrow and pandas types."""

from framegrid.schema.bulk import infer_arrow
from framegrid.schema.conflicts import check_exact, merge, merge_array
from framegrid.schema.conversions import shown
from framegrid.schema.doubles import MAX_EXACT, is_double
from framegrid.schema.json_text import from_json, to_json
from framegrid.schema.key_types import (
    BUILTIN_COLUMNS,
    BUILTIN_TYPES,
    PANDAS_3,
    KeyType,
    Schema,
    arrow_type,
    as_array,
    check_key,
    is_hidden,
    notes_key,
    pandas_dtype,
    public_name,
)
from framegrid.schema.values import is_missing, normalise

__all__ = [
    "BUILTIN_COLUMNS",
    "BUILTIN_TYPES",
    "MAX_EXACT",
    "PANDAS_3",
    "KeyType",
    "Schema",
    "arrow_type",
    "as_array",
    "check_exact",
    "check_key",
    "from_json",
    "infer_arrow",
    "is_double",
    "is_hidden",
    "is_missing",
    "merge",
    "merge_array",
    "normalise",
    "notes_key",
    "pandas_dtype",
    "public_name",
    "shown",
    "to_json",
]
