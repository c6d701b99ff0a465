"""Turning all values of a key into another type, and saying what means nothing in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from framegrid.base import (
    KeyType,
    Parsed,
    Spelling,
    arrow_type,
    as_text,
    brief,
    infer_arrow,
    normalise,
    objects_of,
    parse,
    public_name,
    read_dict,
    read_list,
)
from framegrid.dataset.connection.connection import Connection
from framegrid.dataset.edits.key_edits import check_exists
from framegrid.dataset.imports.outcome import frame_of_values
from framegrid.dataset.reports.import_report import ImportReport
from framegrid.storage import ReplaceKey, Table

Errors = Literal["raise", "missing", "report"]

TYPES = ("string", "integer", "float", "boolean", "datetime", "list", "dict")
"""The types that a key can be cast to."""

_SHOWN = 5
_FAILS = (TypeError, ValueError, OverflowError)
_WITH_COMMA = r"^\s*[+-]?[0-9.]*,[0-9]+\s*$"
_YES = ("yes", "1")
_NO = ("no", "0")


Cast = tuple[KeyType, Parsed]
"""The type of a key after a cast, and its values, null where they mean nothing in the type."""


@dataclass(eq=False)
class Casting:
    """One cast of a key, as often as it takes.

    Attributes:
        connection: the dataset.
        key: the key.
        target: the name of the type.
        errors: what becomes of values that mean nothing in it.
        decimal: what stands before the fraction of a number in text.
        report: of the last time.
    """

    connection: Connection
    key: str
    target: str
    errors: Errors
    decimal: str
    report: ImportReport = field(default_factory=lambda: ImportReport(set_on={}, samples=0))

    def change(self, table: Table) -> ReplaceKey | None:
        """The key with all values in the other type; None when they have it, or stay."""
        check_exists(table, self.key)
        held, current = table.column(self.key), table.schema[self.key]
        if public_name(current) == self.target:
            self.report = self._report(table, 0, ["it has this type"])
            return None
        kind, made = cast_array(held, current, self.target, self.decimal)
        rows = np.flatnonzero(made.misfits)
        if len(rows) and self.errors == "raise":
            raise ValueError(self._message(table, rows))
        lost = np.flatnonzero(np.asarray(held.is_valid()) & np.asarray(made.array.is_null()))
        frames = {"conflicts": self._conflicts(table, rows), "removed": self._lost(table, lost)}
        if len(rows) and self.errors == "report":
            self.report = self._report(
                table, 0, ["nothing was cast"], conflicts=frames["conflicts"]
            )
            return None
        count = len(made.array) - made.array.null_count
        self.report = self._report(table, count, [f"cast to {self.target}"], **frames)
        return ReplaceKey(self.key, kind, made.array)

    def _report(
        self, table: Table, count: int, notes: Sequence[str], **frames: Any
    ) -> ImportReport:
        return ImportReport(
            set_on={self.key: count},
            samples=len(table),
            notes=notes,
            connection=self.connection,
            **frames,
        )

    def _message(self, table: Table, rows: "np.ndarray[Any, np.dtype[np.int64]]") -> str:
        held = table.column(self.key)
        some = [
            f"{brief(table.get(row, self.key), 60)} (sample {table.ids[row]})"
            for row in rows[:_SHOWN].tolist()
        ]
        more = f" and {len(rows) - _SHOWN:,} more" if len(rows) > _SHOWN else ""
        name, of = brief(self.key), f"{len(rows):,} of {len(held) - held.null_count:,} values"
        call = f"cast_metadata({name}, {self.target!r}, errors='missing')"
        return (
            f"cannot cast {name} to {self.target}: {of} mean nothing in it: {', '.join(some)}{more}"
            f"; nothing was cast. {self._advice(held.take(pa.array(rows)))}"
            f"{call} removes these, and errors='report' lists them all"
        )

    def _advice(self, misfits: pa.Array) -> str:
        is_text = pa.types.is_large_string(misfits.type)
        if self.target not in ("integer", "float") or not is_text or self.decimal != ".":
            return ""
        commas = pc.any(pc.match_substring_regex(misfits, _WITH_COMMA)).as_py()
        return "Pass decimal=',' for numbers as in '1,5'. " if commas else ""

    def _conflicts(self, table: Table, rows: "np.ndarray[Any, np.dtype[np.int64]]") -> pd.DataFrame:
        frame = self._lost(table, rows)
        reasons = [f"{brief(value)} means nothing as {self.target}" for value in frame["value"]]
        return frame.assign(reason=pd.Series(reasons, frame.index, dtype=object))

    def _lost(self, table: Table, rows: "np.ndarray[Any, np.dtype[np.int64]]") -> pd.DataFrame:
        values = [table.get(row, self.key) for row in rows.tolist()]
        return frame_of_values(table.ids[rows], key=[self.key] * len(rows), value=values)


def cast_metadata(
    connection: Connection, key: str, target: str, errors: Errors, decimal: str
) -> ImportReport:
    """Turn all values of a key into the type named `target`, in one edit, and report it."""
    if target not in TYPES:
        raise ValueError(f"no type is named {brief(target)}: choose one of {', '.join(TYPES)}")
    if errors not in ("raise", "missing", "report"):
        raise ValueError(f"errors={brief(errors)}: choose 'raise', 'missing' or 'report'")
    if decimal not in (".", ","):
        raise ValueError(f"decimal={brief(decimal)}: choose '.' or ','")
    casting = Casting(connection, key, target, errors, decimal)
    connection.commit(casting.change)
    return casting.report


def cast_array(held: pa.Array, current: KeyType, target: str, decimal: str = ".") -> Cast:
    """Turn values of one type into another.

    Args:
        held: (N,) the values as the table has them.
        current: their type.
        target: the name of the other type.
        decimal: what stands before the fraction of a number in text.
    """
    if current == "string" and target in _FROM_TEXT:
        return _FROM_TEXT[target](held, decimal)
    values = objects_of(held, current)
    convert = _CONVERTERS[target]
    found = [None if value is None else _converted(convert, value) for value in values]
    misfits = np.array([value is _MISFIT for value in found], np.bool_)
    kind, array = infer_arrow("key", [None if v is _MISFIT else v for v in found])
    if kind is None:  # not one value to tell it
        kind = cast(KeyType, target)
        array = pa.nulls(len(values), arrow_type(kind))
    return kind, Parsed(array, misfits)


# Text


def _numbers(kind: KeyType) -> Callable[[pa.Array, str], Cast]:
    def read(texts: pa.Array, decimal: str) -> Cast:
        return kind, parse(texts, kind, Spelling(decimal), fractions=False)

    return read


def _booleans(texts: pa.Array, _: str) -> Cast:
    spelling = Spelling(true=_YES, false=_NO)
    return "boolean", parse(pc.utf8_lower(texts), "boolean", spelling)


def _datetimes(texts: pa.Array, _: str) -> Cast:
    """Read dates with or without a time zone, whichever are more: a key has one kind."""
    kinds: tuple[KeyType, KeyType] = ("datetime", "datetime_utc")
    casts = [(kind, parse(texts, kind)) for kind in kinds]
    return min(casts, key=lambda made: np.count_nonzero(made[1].misfits))


_FROM_TEXT: dict[str, Callable[[pa.Array, str], Cast]] = {
    "integer": _numbers("integer"),
    "float": _numbers("float"),
    "boolean": _booleans,
    "datetime": _datetimes,
}


# Any values, one by one

_MISFIT = object()


def _converted(convert: Callable[[Any], Any], value: Any) -> Any:
    try:
        converted = convert(value)
        normalise("key", converted)
    except _FAILS:
        return _MISFIT
    return converted


def _exactly(kind: type) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        converted = kind(value)
        if isinstance(value, datetime) or converted != value:
            raise ValueError
        return converted

    return convert


def _to_datetime(value: Any) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError
    return value


def _to_list(value: Any) -> list[Any]:
    """Read text that is a list, and take other values for the only element."""
    if isinstance(value, str) and value.lstrip().startswith(("[", "(", "{")):
        return read_list(value)
    return [value]


def _to_dict(value: Any) -> dict[str, Any]:
    if not isinstance(value, str):
        raise TypeError
    return read_dict(value)


_CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "string": as_text,
    "integer": _exactly(int),
    "float": _exactly(float),
    "boolean": _exactly(bool),
    "datetime": _to_datetime,
    "list": _to_list,
    "dict": _to_dict,
}
