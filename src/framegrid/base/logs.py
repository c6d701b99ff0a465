"""What fails behind a grid, where nobody waits for an exception.

Unless a program sets up its logs, they go to the output of a cell, which the notebook keeps and
gives away: so neither paths nor tracebacks are in them, but at the level DEBUG.
"""

import logging
import re

from framegrid.base.quoting import cut

_logger = logging.getLogger("framegrid")

_QUOTED_PATH = re.compile(r"""(['"])(?:(?!\1).)*[\\/](?:(?!\1).)*\1""")
_SEPARATOR = re.compile(r"[\\/]")


def failed(what: str, error: BaseException) -> None:
    """Log that something failed, and for those who debug where.

    Args:
        what: what failed, as in "a request".
        error: the reason.
    """
    _logger.error("framegrid: %s failed: %s (more at the level DEBUG)", what, without_paths(error))
    _logger.debug("framegrid: %s failed", what, exc_info=error)


def warn(what: str, error: BaseException) -> None:
    """Log what framegrid does because of an error."""
    _logger.warning("framegrid %s: %s", what, without_paths(error))


def without_paths(error: BaseException) -> str:
    """Type and message of an error, without the paths and URLs in it."""
    message = _QUOTED_PATH.sub("...", str(error))
    name = type(error).__name__
    return name if not message or _SEPARATOR.search(message) else f"{name}: {cut(message)}"
