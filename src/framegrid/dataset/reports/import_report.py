"""What an update or import did and what it could not do, readable as the last line of a cell."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from framegrid.base import brief, cut, few
from framegrid.dataset.connection.connection import Connection
from framegrid.dataset.reports.wording import line

if TYPE_CHECKING:
    from framegrid.grid import Grid

_SHOWN = 5
_COLUMNS = 12  # of a table in a notebook
_LONGEST = 200  # characters of a cell in it

_TITLES = {
    "conflicts": "Values left out",
    "repeated": "Rows left out, as several are for one sample",
    "unmatched_rows": "Rows without a sample",
    "removed": "Values removed",
    "unmatched_samples": "Samples without a row",
}

_EMPTY = {
    "conflicts": ("key", "value", "reason"),
    "removed": ("key", "value"),
    "unmatched_samples": ("file_name", "file_path_abs"),
}

Frame = pd.DataFrame | Callable[[], pd.DataFrame]


class ImportReport:
    """How rows of metadata and the samples of a dataset found each other, and what was written.

    ``str(report)`` is one line, as in ``reject: set on 1,000 of 1,000 samples``; in a notebook the
    first rows of what was not written, or removed, stand below it.

    Args:
        set_on: by key, the number of samples that got a value.
        samples: the number of samples in the dataset.
        notes: what else is to be known, a sentence each.
        connection: the dataset, for ``show``.
        frames: the DataFrames by name, or functions that make them when they are asked for.

    Attributes:
        set_on: by key, the number of samples that got a value.
        samples: the number of samples in the dataset.
        notes: what else is to be known, a sentence each: how a file was read, what was left out.
    """

    def __init__(
        self,
        *,
        set_on: Mapping[str, int],
        samples: int,
        notes: Sequence[str] = (),
        connection: Connection | None = None,
        **frames: Frame,
    ) -> None:
        self.set_on = dict(set_on)
        self.samples = samples
        self.notes = tuple(notes)
        self._connection = connection
        self._frames = frames

    @property
    def matched(self) -> pd.DataFrame:
        """The rows that were written, indexed by ``sample_id``."""
        return self._frame("matched")

    @property
    def unmatched_rows(self) -> pd.DataFrame:
        """The rows that name no sample, as they were read."""
        return self._frame("unmatched_rows")

    @property
    def unmatched_samples(self) -> pd.DataFrame:
        """The samples without a row: ``file_name``, ``file_path_abs``, by ``sample_id``."""
        return self._frame("unmatched_samples")

    @property
    def conflicts(self) -> pd.DataFrame:
        """The values that were left out: ``key``, ``value``, ``reason``, indexed by ``sample_id``.

        They do not fit the type of their key. What the samples had before, they still have.
        """
        return self._frame("conflicts")

    @property
    def repeated(self) -> pd.DataFrame:
        """The rows that share their sample with another row, indexed by ``sample_id``.

        None of them was written.
        """
        return self._frame("repeated")

    @property
    def suggested(self) -> pd.DataFrame:
        """Rows without a sample that would have one by less of their name, by ``sample_id``.

        None of them was written: look which picture each would be for, as ``test/1.jpg`` may stand
        here for ``train/1.jpg``. ``dataset.import_metadata(report.suggested, on="sample_id")``
        writes them.
        """
        return self._frame("suggested")

    @property
    def removed(self) -> pd.DataFrame:
        """The values that samples no longer have: ``key`` and ``value``, by ``sample_id``."""
        return self._frame("removed")

    def show(self, which: str = "", **traits: Any) -> "Grid":
        """Make a grid of the dataset, with those samples as `rows` that a DataFrame is about.

        ``grid.rows = None`` shows the others, too.

        Args:
            which: ``"conflicts"``, ``"repeated"``, ``"removed"``, ``"unmatched_samples"`` or
                ``"matched"``; by default the first of these that has rows.
            traits: of the grid, such as ``captions``, by default the keys concerned.

        Raises:
            ValueError: it concerns no sample that the dataset has.

        Example:
            ```python
            report = dataset.update_metadata_from_csv("weather.csv")
            report.show("unmatched_samples")
            ```
        """
        which = which or next((name for name in _SHOWABLE if len(self._frame(name))), "matched")
        if which not in _SHOWABLE:
            raise ValueError(
                f"no samples are {brief(which)}: show one of {few(_SHOWABLE)}; rows "
                "that name no sample "
                "are in report.unmatched_rows"
            )
        frame = self._frame(which)
        if "key" in frame.columns and len(frame):
            traits = {"captions": list(frame["key"].unique()[:3])} | traits
        return self._grid(which, frame.index.unique(), traits)

    def _grid(self, which: str, ids: pd.Index, traits: dict[str, Any]) -> "Grid":
        from framegrid.dataset.image_dataset import ImageDataset  # noqa: PLC0415 - the whole of it

        there = ids[[self._connection.has(id_) for id_ in ids]] if self._connection else ids[:0]
        if not self._connection or not len(there):
            raise ValueError(f"no sample to show: report.{which} is about none that is there now")
        return ImageDataset(self._connection).show(rows=there, **traits)

    def __str__(self) -> str:
        """Say in one line what was set, and how much was not."""
        counts = {name: len(self._frame(name)) for name in ("unmatched_rows", "repeated")}
        keys = {name: self._frame(name)["key"] for name in ("conflicts", "removed")}
        return line(self.set_on, self.samples, counts, keys)

    def __repr__(self) -> str:
        """Add what else is to be known, and the first reason why a value was left out."""
        reasons = self.conflicts["reason"].head(1)
        return "\n  ".join([str(self), *self.notes, *reasons])

    def _repr_html_(self) -> str:
        """The line, what else is to be known, and the first rows of what was not written."""
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        tables = [_details(name, self._frame(name)) for name in _TITLES]
        return f"<p>{escape(str(self))}</p>{notes and f'<ul>{notes}</ul>'}{''.join(tables)}"

    def _frame(self, name: str) -> pd.DataFrame:
        frame = self._frames.get(name)
        if frame is None:
            frame = pd.DataFrame(columns=_EMPTY.get(name), index=pd.Index([], name="sample_id"))
        self._frames[name] = made = frame() if callable(frame) else frame
        return made


_SHOWABLE = ("conflicts", "repeated", "removed", "unmatched_samples", "matched")


def _details(name: str, frame: pd.DataFrame) -> str:
    """The first rows of a table, to be folded up; nothing without rows."""
    if frame.empty:
        return ""
    head = frame.head(_SHOWN).map(_short).rename(columns=_short)
    table = head.to_html(max_cols=_COLUMNS, border=0, justify="left")
    summary = f"<summary>{_TITLES[name]}: {len(frame):,}</summary>"
    more = f"<p>All of them: <code>report.{name}</code></p>" if len(frame) > _SHOWN else ""
    return f"<details{' open' * (name != 'unmatched_samples')}>{summary}{table}{more}</details>"


def _short(value: Any) -> Any:
    return cut(value, _LONGEST) if isinstance(value, (str, list, dict)) else value
