"""The options of ``pandas.read_csv`` that users pass, added to those of an import, per column."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api.types import is_dtype_equal

from framegrid.base import Spelling, brief, few
from framegrid.dataset.imports.quoted import EMPTY

Options = Mapping[str, Any]

TEXT = pd.ArrowDtype(pa.string())

# What pandas takes for missing by itself: where the user names a type, its own rules hold.
_MISSING = (
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
)  # fmt: skip

_TEXT_DTYPES = ("str", "string", "object", "category")

# How the file is cut into cells: all that finding its header takes.
_STRUCTURE = (
    "header", "names", "skiprows", "skip_blank_lines", "skipinitialspace", "quotechar", "quoting",
    "doublequote", "escapechar", "comment", "lineterminator", "on_bad_lines", "engine",
)  # fmt: skip

# What is done here, for all columns, or before pandas sees the file.
_TAKEN = (
    "sep", "delimiter", "dtype", "converters", "na_values", "keep_default_na", "na_filter",
    "usecols", "index_col", "encoding", "encoding_errors", "compression", "storage_options",
    "memory_map", "low_memory", "parse_dates", "dtype_backend",
)  # fmt: skip

_REFUSED = {
    "chunksize": "a file is read as a whole, so that a column has one type: leave it out",
    "iterator": "a file is read as a whole: leave it out",
    "prefix": "pandas has no such option any more: name the columns by names=",
}


@dataclass(frozen=True, slots=True)
class Columns:
    """How each column is to be read.

    Attributes:
        options: for ``pandas.read_csv``.
        texts: the columns that come as text, to be understood here.
        words: those among them that are to stay text.
        left_out: the columns that are an index to the user.
    """

    options: dict[str, Any]
    texts: tuple[str, ...]
    words: frozenset[str]
    left_out: frozenset[str]


def check_options(options: Options) -> None:
    """Raise if an option makes no sense for an import."""
    for name, why in _REFUSED.items():
        if options.get(name):
            raise ValueError(f"{name}= cannot be used here: {why}")


def structure(options: Options) -> dict[str, Any]:
    """The options that say how a file is cut into cells."""
    found = {name: options[name] for name in _STRUCTURE if name in options}
    if found.get("engine") == "pyarrow":  # it is faster, and knows few of the options
        del found["engine"]
    return found


def spelling(options: Options) -> Spelling:
    """How a file spells numbers and booleans."""
    return Spelling(
        options.get("decimal", "."),
        options.get("thousands") or "",
        tuple(options.get("true_values") or ()),
        tuple(options.get("false_values") or ()),
    )


def columns(names: Sequence[str], on: str, options: Options) -> Columns:
    """Add the user's options to our own, column by column.

    Args:
        names: of the columns in the file.
        on: the column that names the sample of a row: it is read in any case, as text.
        options: as the user gave them.

    Raises:
        ValueError: they name a column that there is not.
    """
    label = _Labels(names)
    dtypes = label.by_column(options.get("dtype"))
    converters = label.by_column(options.get("converters"))
    dates = {label(one) for one in _flat(options.get("parse_dates"))}
    words = {name for name, dtype in dtypes.items() if _is_text(dtype)}
    typed = ((dtypes.keys() - words) | dates) - {on}
    texts = [name for name in names if name not in typed | converters.keys()]
    chosen = _chosen(label, on, options.get("usecols"))
    given = {name: value for name, value in options.items() if name not in _TAKEN + _STRUCTURE}
    own: dict[str, Any] = {
        "dtype": dict.fromkeys(texts, TEXT) | {n: d for n, d in dtypes.items() if n in typed},
        "converters": {name: _unmarked(convert) for name, convert in converters.items()},
        "keep_default_na": False,
        "na_values": {name: _missing(label, name, options, name in typed) for name in names},
        "usecols": chosen,
        "index_col": False if options.get("index_col") is False else None,
    }
    if dates:
        own["parse_dates"] = options["parse_dates"]
    index = {label(one) for one in _flat(options.get("index_col"))} - {on}
    kept = tuple(name for name in texts if chosen is None or name in chosen)
    return Columns(given | structure(options) | own, kept, frozenset(words), frozenset(index))


class _Labels:
    """The names of columns by what users call them: a name, also without spaces, or a number."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self._stripped = {str(name).strip(): name for name in names}

    def __call__(self, label: Any) -> str:
        if isinstance(label, (int, np.integer)) and label not in self.names:
            return self.names[int(label)]
        if label in self.names:
            return str(label)
        if str(label).strip() in self._stripped:
            return self._stripped[str(label).strip()]
        raise ValueError(f"no column is named {brief(label)}; there are {few(self.names)}")

    def by_column(self, option: Any) -> dict[str, Any]:
        """An option that is for all columns, or some, by the names of the columns."""
        if option is None:
            return {}
        if isinstance(option, Mapping):
            default = getattr(option, "default_factory", None)
            every = {name: default() for name in self.names} if default else {}
            return every | {self(one): v for one, v in option.items() if self.knows(one)}
        return dict.fromkeys(self.names, option)

    def knows(self, label: Hashable) -> bool:
        """Whether there is such a column: pandas ignores options for others, too."""
        try:
            self(label)
        except (ValueError, IndexError):
            return False
        return True


def _chosen(label: _Labels, on: str, usecols: Any) -> list[str] | None:
    if usecols is None:
        return None
    if callable(usecols):
        wanted = {name for name in label.names if usecols(name)}
    else:
        wanted = {label(one) for one in usecols}
    return [name for name in label.names if name in wanted or name == on]


def _missing(label: _Labels, name: str, options: Options, is_typed: bool) -> list[Any]:
    given = options.get("na_values")
    values = given if isinstance(given, Mapping) else dict.fromkeys(label.names, given)
    own = label.by_column({one: v for one, v in values.items() if v is not None}).get(name, [])
    listed = [own] if isinstance(own, str) or not isinstance(own, Iterable) else list(own)
    defaults = _MISSING if options.get("keep_default_na", True) else ("",)
    return [*listed, *(defaults if is_typed else ()), *([EMPTY] if is_typed else ())]


def _is_text(dtype: Any) -> bool:
    return any(is_dtype_equal(dtype, text) for text in (*_TEXT_DTYPES, str, object, TEXT))


def _flat(option: Any) -> list[Any]:
    """The labels in an option that may be one, a list of them, or lists in a list or dict."""
    if option is None or isinstance(option, bool):
        return []
    if isinstance(option, Mapping):
        return _flat(list(option.values()))
    if isinstance(option, str) or not isinstance(option, Iterable):
        return [option]
    return [label for one in option for label in _flat(one)]


def _unmarked(convert: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda text: convert("" if text == EMPTY else text)
