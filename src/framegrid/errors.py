"""The exceptions framegrid raises, each a subclass of the builtin a caller would catch anyway."""


class UnknownSampleError(KeyError):
    """A sample id or file name that the dataset does not hold."""

    def __str__(self) -> str:
        """Give the message as it is: ``KeyError`` would show its repr."""
        return str(self.args[0]) if self.args else ""


class UnknownKeyError(KeyError):
    """A metadata key that the dataset does not have."""

    __str__ = UnknownSampleError.__str__


class MetadataTypeError(TypeError):
    """A value whose type conflicts with the type of its metadata key."""


class FilterError(ValueError):
    """A filter condition that cannot apply to its key."""


class BrokenImageError(OSError):
    """An image file that cannot be read; the message is the reason, short enough for a tile."""


class NotADatasetError(ValueError):
    """A file that is not a framegrid dataset."""


class DatasetCorruptError(OSError):
    """A damaged dataset file; the message says where, and what is intact."""


class ConflictError(OSError):
    """Files that do not belong together, or an undo of what somebody else changed since."""


class DatasetBusyError(OSError):
    """Another process holds the dataset's lock for too long."""


class ReadOnlyDatasetError(PermissionError):
    """An edit of a dataset that was opened read-only."""
