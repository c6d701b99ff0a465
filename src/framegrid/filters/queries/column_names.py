"""How ``DataFrame.query`` spells the columns of a dataset, and the numbers inside their dicts."""

from collections.abc import Iterable
from keyword import iskeyword

import pandas as pd

from framegrid.base import BUILTIN_COLUMNS, FOLDER, FilterError, brief
from framegrid.filters.queries.python_text import quoted

# pandas' query language has no lambda, no `repr` and no type tests; a bound method it has.
REPRS = "map('{!r}'.format)"


def column_text(name: str, keys: Iterable[str]) -> str:
    """Write a column's name, and see whether pandas reads that very column beside all keys.

    Raises:
        FilterError: this version of pandas has no way to write it.
    """
    text = plain_or_quoted(name)
    # Twice and beside both kinds of quotes: pandas 2 pairs a quote in a name with the next one.
    probe = f"{text} == '' and {text} == \"\""
    try:
        # In the order of the dataset's own frame: of two names that it confuses pandas takes one.
        empty = pd.DataFrame(columns=list(dict.fromkeys((*BUILTIN_COLUMNS, FOLDER, *keys))))
        if getattr(empty.eval(probe, engine="python"), "name", None) == name:
            return text
        reason = "pandas reads it as something else"
    except Exception as error:  # noqa: BLE001 - pandas raises all sorts, from SyntaxError to KeyError
        reason = str(error)
    raise FilterError(
        f"pandas {pd.__version__} cannot query the key {brief(name)} ({reason}); "
        "rename it, or take the filtered rows themselves"
    )


def plain_or_quoted(name: str) -> str:
    """Write a column's name, in backticks unless it is an identifier."""
    return name if name.isidentifier() and not iskeyword(name) else quoted(name)


def number_text(column: str, path: tuple[str, ...]) -> str:
    """Spell the numbers at a path inside a column's dicts, missing where there is no number."""
    item = f"{column}.str.get({literal_text(path[0])})"
    for step in path[1:]:
        # `.str` refuses columns without strings or containers: let only dicts pass, or nothing.
        dicts = f"{item}.astype('object').where({item}.{REPRS}.str[0] == '{{')"
        item = f"{dicts}.str.get({literal_text(step)})"
    return f"{item}.{REPRS}.str.extract('^(-?[0-9i].*)', expand=False).astype('float')"


def literal_text(value: str | bool) -> str:
    """Write a constant."""
    # pandas 3 takes the quote after an escaped backslash for an escaped quote.
    return repr(value).replace("\\\\", r"\x5c")
