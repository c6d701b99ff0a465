"""Expressions that only the kernel can evaluate, and the rows they give."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from framegrid.base import BUILTIN_COLUMNS, FOLDER, FilterError, KeyType, brief, pandas_dtype
from framegrid.filters.queries.allowed import check
from framegrid.filters.queries.python_text import Source, read

_BUILTIN_TYPES: dict[str, KeyType] = {
    **dict.fromkeys((*BUILTIN_COLUMNS, FOLDER), "string"),
    **dict.fromkeys(("sample_id", "width", "height"), "integer"),
}
_EXAMPLES: dict[KeyType, Any] = {
    "string": "",
    "integer": 0,
    "float": 0.0,
    "boolean": False,
    "list": [],
    "dict": {},
    "datetime": 0,
    "datetime_utc": 0,
}


def checked(text: str, schema: Mapping[str, KeyType]) -> str:
    """An expression in the form that is kept; pandas has been seen to take it.

    Raises:
        UnknownKeyError: it speaks of a key that there is not.
        FilterError: it is no expression, does more than compare the values of keys, or pandas
            refuses it.
    """
    source = read(text)
    parts = check(source, source.tree, schema)
    _evaluate(source.replaced(parts.columns), _one_sample(schema))
    return source.replaced(parts.names)


def mask(text: str, frame: pd.DataFrame, schema: Mapping[str, KeyType]) -> Any:
    """The rows for which an expression is true, (N,) bool; for what is missing it is not."""
    return _evaluate(to_pandas(read(text), schema), frame)


def to_pandas(source: Source, schema: Mapping[str, KeyType]) -> str:
    """Spell an expression so that pandas reads it: numbers inside dicts are no columns there."""
    return source.replaced(check(source, source.tree, schema).columns)


def _evaluate(expression: str, frame: pd.DataFrame) -> Any:
    try:
        found = frame.eval(expression, engine="python", local_dict={}, global_dict={})
    except Exception as error:
        raise FilterError(f"cannot filter by {brief(expression)}: {error}") from error
    if not isinstance(found, pd.Series) or not pd.api.types.is_bool_dtype(found.dtype):
        raise FilterError(
            f"cannot filter by {brief(expression)}: it is not true or false for each sample; "
            "compare it with something, as in 'blur < 0.3'"
        )
    return found.to_numpy(dtype=bool, na_value=False)


def _one_sample(schema: Mapping[str, KeyType]) -> pd.DataFrame:
    """Enough for pandas to refuse what it would refuse for any samples."""
    types = {**_BUILTIN_TYPES, **schema}
    frame = pd.DataFrame(
        {
            key: pd.Series([_EXAMPLES[type_]], dtype=pandas_dtype(type_))
            for key, type_ in types.items()
        }
    )
    return frame.set_index("sample_id")
