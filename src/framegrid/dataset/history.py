"""What was done to a dataset, and taking it back."""

import pandas as pd
import pyarrow as pa

from framegrid.dataset.connection import Connection


class EditHistory:
    """The part of ``ImageDataset`` that looks back."""

    _connection: Connection

    def history(self) -> pd.DataFrame:
        """Give a row per edit, newest last, for the last 10,000 edits.

        Edits of all sessions and of other processes are there, and a copy by ``save(path)`` takes
        them along. One call makes one edit; only ``compute_metadata`` makes one every few seconds.

        Returns:
            A DataFrame of these columns.

            | column | dtype | |
            |---|---|---|
            | ``when`` | ``datetime64[us, UTC]`` | NaT if an early version made the edit |
            | ``what`` | ``str`` | ``"set"`` (one sample), ``"update"`` (many), |
            | | | ``"add samples"``, ``"remove samples"``, ``"rename key"``, |
            | | | ``"drop key"``, ``"cast key"`` or ``"undo"`` |
            | ``keys`` | lists of ``str`` | the columns it named; of a rename the old and the new |
            | ``rows`` | ``int64`` | number of samples it touched; for whole keys, that had it |

        Example:
            ```python
            dataset.history().tail()
            ```
        """
        return _frame(self._connection.history())

    def undo(self, edits: int = 1) -> pd.DataFrame:
        """Take back the last edits made through this dataset object since it was opened.

        It is itself one edit, safe like any other: all or nothing, and seen by other processes and
        open grids. Calling it again goes further back. It reaches back 1,000 edits, as long as what
        they replaced takes no more than 256 MB. Ids of samples that were added are not given again.

        Args:
            edits: how many to take back.

        Returns:
            The rows of ``history`` that it took back.

        Raises:
            ValueError: there are not so many edits to take back.
            ConflictError: somebody else, such as another process, changed since what one of them
                did; nothing was taken back.

        Example:
            ```python
            dataset.drop_metadata("temperature")
            dataset.undo()
            ```
        """
        return _frame(self._connection.undo(edits))


def _frame(lines: pa.Table) -> pd.DataFrame:
    """Give lines as pandas has them, with keys as lists and not as arrays."""
    frame: pd.DataFrame = lines.drop_columns("keys").to_pandas()
    frame.insert(2, "keys", pd.Series(lines["keys"].to_pylist(), dtype=object))
    return frame
