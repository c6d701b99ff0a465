"""What everything stands on: exceptions, small helpers, and the types of metadata."""

# ruff: noqa: F405 - names that come late

from importlib import import_module
from typing import TYPE_CHECKING, Any

from framegrid.base.bounds import exceeded, limits, set_memory_bounded, tell_waits, waiting
from framegrid.base.caches import default_folder
from framegrid.base.errors import (
    BrokenImageError,
    ConflictError,
    DatasetBusyError,
    DatasetCorruptError,
    DivergedError,
    FilterError,
    MetadataTypeError,
    NotADatasetError,
    ReadOnlyDatasetError,
    UnknownKeyError,
    UnknownSampleError,
    UrlNotAllowedError,
)
from framegrid.base.leftovers import remove_leftovers
from framegrid.base.quoting import brief, check_name, cut, few

if TYPE_CHECKING:
    from framegrid.base.beside import adding, clear, replacing
    from framegrid.base.schema import *  # noqa: F403 - what __all__ names below

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
    "BrokenImageError",
    "ConflictError",
    "DatasetBusyError",
    "DatasetCorruptError",
    "DivergedError",
    "FilterError",
    "Found",
    "KeyType",
    "Mask",
    "MetadataTypeError",
    "NotADatasetError",
    "Parsed",
    "ReadOnlyDatasetError",
    "Schema",
    "Spelling",
    "Typed",
    "UnknownKeyError",
    "UnknownSampleError",
    "UrlNotAllowedError",
    "adding",
    "arrow_type",
    "as_array",
    "as_text",
    "brief",
    "check_exact",
    "check_key",
    "check_lists",
    "check_name",
    "clear",
    "companions",
    "converted",
    "cut",
    "default_folder",
    "exceeded",
    "few",
    "from_json",
    "function_key",
    "function_of",
    "held_array",
    "in_one_piece",
    "infer",
    "infer_arrow",
    "is_double",
    "is_hidden",
    "is_maker_key",
    "is_missing",
    "left_out_message",
    "limits",
    "list_at",
    "list_objects",
    "list_text_at",
    "list_texts",
    "lists_differ",
    "maker_key",
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
    "remove_leftovers",
    "replacing",
    "said_of_rounding",
    "set_memory_bounded",
    "settled",
    "shown",
    "tell_waits",
    "to_json",
    "to_lists",
    "typed",
    "waiting",
    "with_lists",
]


def __getattr__(name: str) -> Any:
    """Import what takes time when it is asked for: a worker process does without pandas."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    room = "beside" if name in {"adding", "clear", "replacing"} else "schema"
    value = globals()[name] = getattr(import_module(f"framegrid.base.{room}"), name)
    return value
