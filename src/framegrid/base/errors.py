"""The exceptions framegrid raises, each a subclass of the builtin a caller would catch anyway."""

from framegrid.base import tracebacks


class _InNotebooks:
    """Shows in a cell's output what the user called, and not what that went through."""

    def _render_traceback_(self: BaseException) -> list[str]:  # type: ignore[misc]
        """Called by IPython, which shows what it returns."""
        return tracebacks.shown(self)


class UnknownSampleError(_InNotebooks, KeyError):
    """A sample id or file name that the dataset does not hold."""

    def __str__(self) -> str:
        """The message as it is: ``KeyError`` would show its repr."""
        return str(self.args[0]) if self.args else ""


class UnknownKeyError(_InNotebooks, KeyError):
    """A metadata key that the dataset does not have."""

    __str__ = UnknownSampleError.__str__


class MetadataTypeError(_InNotebooks, TypeError):
    """A value whose type conflicts with the type of its metadata key."""


class FilterError(_InNotebooks, ValueError):
    """A filter condition that cannot apply to its key."""


class BrokenImageError(_InNotebooks, OSError):
    """An image file that cannot be read; the message is the reason, short enough for a tile."""


class UrlNotAllowedError(_InNotebooks, ValueError):
    """A URL in a bucket or on a host that the user has not named; the message says how to."""


class NotADatasetError(_InNotebooks, ValueError):
    """A file that is not a framegrid dataset."""


class DatasetCorruptError(_InNotebooks, OSError):
    """A damaged dataset file; the message says where, and what is intact."""


class ConflictError(_InNotebooks, OSError):
    """Files that do not belong together, or an undo of what somebody else changed since."""


class DivergedError(ConflictError):
    """Files of a dataset that do not continue each other; it is to be loaded again."""


class DatasetBusyError(_InNotebooks, OSError):
    """Another process holds the dataset's lock for too long."""


class ReadOnlyDatasetError(_InNotebooks, PermissionError):
    """An edit of a dataset that was opened read-only."""
