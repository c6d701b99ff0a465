"""The types of metadata: normalising values, conflicts, Arrow and pandas types."""

from framegrid.base.schema.bulk import infer_arrow
from framegrid.base.schema.conflicts import check_exact, merge, merge_array
from framegrid.base.schema.conversions import shown
from framegrid.base.schema.decimals import said_of_rounding
from framegrid.base.schema.doubles import MAX_EXACT, is_double
from framegrid.base.schema.json_text import from_json, to_json
from framegrid.base.schema.key_types import (
    BUILTIN_COLUMNS,
    BUILTIN_TYPES,
    FOLDER,
    PANDAS_3,
    KeyType,
    Schema,
    arrow_type,
    as_array,
    check_key,
    held_array,
    is_hidden,
    notes_key,
    objects_of,
    pandas_dtype,
    public_name,
)
from framegrid.base.schema.list_text import to_lists
from framegrid.base.schema.lists import (
    EARLY,
    LIST,
    NUMBERS,
    check_lists,
    in_one_piece,
    list_at,
    list_objects,
    list_text_at,
    list_texts,
    lists_differ,
    packed,
    with_lists,
)
from framegrid.base.schema.literals import read_dict, read_list
from framegrid.base.schema.numerals import Mask
from framegrid.base.schema.odd import converted, left_out_message, mended
from framegrid.base.schema.settling import Found, Typed, settled, typed
from framegrid.base.schema.text import NULL_WORDS, Parsed, Spelling, infer, parse
from framegrid.base.schema.values import as_text, is_missing, normalise

__all__ = [
    "BUILTIN_COLUMNS",
    "BUILTIN_TYPES",
    "EARLY",
    "FOLDER",
    "LIST",
    "MAX_EXACT",
    "NULL_WORDS",
    "NUMBERS",
    "PANDAS_3",
    "Found",
    "KeyType",
    "Mask",
    "Parsed",
    "Schema",
    "Spelling",
    "Typed",
    "arrow_type",
    "as_array",
    "as_text",
    "check_exact",
    "check_key",
    "check_lists",
    "converted",
    "from_json",
    "held_array",
    "in_one_piece",
    "infer",
    "infer_arrow",
    "is_double",
    "is_hidden",
    "is_missing",
    "left_out_message",
    "list_at",
    "list_objects",
    "list_text_at",
    "list_texts",
    "lists_differ",
    "mended",
    "merge",
    "merge_array",
    "normalise",
    "notes_key",
    "objects_of",
    "packed",
    "pandas_dtype",
    "parse",
    "public_name",
    "read_dict",
    "read_list",
    "said_of_rounding",
    "settled",
    "shown",
    "to_json",
    "to_lists",
    "typed",
    "with_lists",
]
