"""Which function made a value: a number per sample and key, and a hidden key per function's name.

The number is of a hash of the name, the version of Python, and a hash of the code, see ``code``.
Numbers of another version cannot be compared, and then a function counts as the same. An earlier
framegrid keeps both hidden keys, and does not look at them.
"""

import sys
from collections.abc import Callable, Iterable
from functools import partial
from types import FunctionType, MethodType
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from framegrid.base import function_key, function_of, maker_key
from framegrid.dataset.compute.code import number_of_code
from framegrid.storage import Table

NONE = 0
"""Stands for no function."""

Numbers = npt.NDArray[np.int64]

NAME, _PYTHON = 39, 32  # bits of a number below the hash of the name, and below the version
_VERSION = sys.version_info.minor
_LONGEST = 200  # characters of a name


def name_of(function: Any) -> str:
    """The name of a function: ``module:qualified.name``, with brackets if it is made by a call."""
    if parts := getattr(function, "parts", ()):
        name = f"combine({', '.join(map(name_of, parts))})"
    elif isinstance(function, partial):
        name = f"partial({name_of(function.func)})"
    elif isinstance(function, FunctionType):
        name = f"{function.__module__}:{function.__qualname__}"
    elif isinstance(function, MethodType):
        name = f"{name_of(function.__func__)}()"
    else:
        name = f"{type(function).__module__}:{type(function).__qualname__}()"
    return "".join(c if c.isprintable() else "?" for c in name)[:_LONGEST]


def number_of(function: Any) -> int:
    """The number of a function: its name, and its code."""
    code = number_of_code(function)
    return _hash(name_of(function)) << NAME | _VERSION << _PYTHON | code


def maker_of(function: Any, key: str) -> Any:
    """The function that gives a key: of several that are combined, the last that does."""
    for part in reversed(getattr(function, "parts", ())):
        if key in getattr(part, "keys_given", ()):
            return maker_of(part, key)
    return function


def _hash(name: str) -> int:
    return crc32(name.encode()) & 0xFFFFFF


def makers_in(table: Table, key: str) -> Numbers:
    """The numbers of a key by row: (N,), ``NONE`` where there is none."""
    if maker_key(key) not in table.schema:
        return np.zeros(len(table), np.int64)
    return np.asarray(table.column(maker_key(key)).fill_null(NONE), np.int64)


def are_by_other_code(made: Numbers, number: int) -> npt.NDArray[np.bool_]:
    """Whether values were made by another function, or by other code of it: (N,)."""
    comparable = (made >> _PYTHON & 0x7F) == (number >> _PYTHON & 0x7F)
    is_named_so = made >> NAME == number >> NAME
    return np.asarray((made != NONE) & (made != number) & (comparable | ~is_named_so))


def are_by(made: Numbers, function: Any) -> npt.NDArray[np.bool_]:
    """Whether values were made by a function of this name: (N,)."""
    return np.asarray((made != NONE) & (made >> NAME == _hash(name_of(function))))


def remembered(functions: Iterable[Any]) -> Callable[[Table], list[str]]:
    """The hidden keys that a table still needs to know functions by name."""
    keys = dict.fromkeys(function_key(name_of(function)) for function in functions)
    return lambda table: [key for key in keys if key not in table.schema]


def names_in(table: Table) -> dict[int, str]:
    """The names of functions that a table knows, by their hash."""
    names = filter(None, map(function_of, table.schema))
    return {_hash(name): name for name in names}


def name_hash(number: int) -> int:
    """The hash of the name in a number."""
    return number >> NAME


def current(name: str) -> int | None:
    """The number of the function that has a name here and now; None if none has it."""
    module, _, qualified = name.partition(":")
    found: Any = sys.modules.get(module)  # nothing is imported for this
    for part in qualified.split("."):
        found = getattr(found, part, None)
    return number_of(found) if isinstance(found, FunctionType) else None
