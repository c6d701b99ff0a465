"""The widget class: its life, and the pandas side of the grid."""

import os
import sys
import threading
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import uuid4
from weakref import WeakMethod, WeakSet

import numpy as np
import pandas as pd
import traitlets
from IPython.display import display

from framegrid import filters as conditions
from framegrid.base import brief, replacing
from framegrid.dataset import ImageDataset
from framegrid.grid.answers.answers import Answers
from framegrid.grid.answers.differing import check_both_sides, frame, sides
from framegrid.grid.answers.orders import order
from framegrid.grid.answers.shown import Question, arranged, groups, matching
from framegrid.grid.sharing.saved_page import page
from framegrid.grid.sharing.sheet import contact_sheet
from framegrid.grid.widget.cells import running
from framegrid.grid.widget.fitted import FittedTraits
from framegrid.grid.widget.messages import Messenger
from framegrid.grid.widget.sessions import Session, UnreachableError
from framegrid.grid.widget.throttle import Throttle
from framegrid.grid.widget.traits import OWN_TRAITS, did_you_mean
from framegrid.grid.widget.variable_name import name_of
from framegrid.images import thumbnails

STATIC = Path(str(files("framegrid") / "static"))
# Changes of the dataset reach an open grid at most ten times a second.
PUSH_INTERVAL_S = 0.1
# A loop that makes many changes is not to be slowed down by more than a tenth for it. It loses more
# than what others take of the processor: they also keep Python's lock while they wait for one.
PUSH_SHARE = 0.02

shown: WeakSet["Grid"] = WeakSet()
"""The grids of this process."""


class Grid(FittedTraits):
    """A grid of thumbnails with a range slider per numeric metadata key.

    The browser explores and never edits: metadata is edited in Python, and an open grid follows.
    All traits can be set from Python and from the browser. They are assigned: what they give
    cannot be changed in place, as in ``grid.captions.append("blur")``, and says what to write.

    Attributes:
        filters: metadata key (or ``"width"``, ``"height"``) to the condition in force. Short forms
            may be assigned: ``(10, 25)``, ``(None, 25)``, ``["sunny", "rain"]``, ``"sunny"``,
            ``True``; and an expression as for ``DataFrame.query``,
            ``"blur < 0.3 and weather == 'rain'"``, of which the empty key keeps what no condition
            on one key can say.
        rows: the sample ids among which the filters choose, ascending, or None for all. A
            DataFrame may be assigned, which goes by its column ``sample_id`` or else its index; a
            Series of booleans, whose index holds sample ids (where it is missing, or lacks a
            sample, that is not among the rows); an Index, or any iterable of ids.
        group: what sections are of: a key, ``"label"``; days, months or years,
            ``"taken:month"``; of numbers ``"score:bins"``, those of the histogram, or
            ``"score:value"``. A key alone means days, and of numbers bins, unless they are
            integers that are nearly all there, as numbers of groups are. ``""`` for none.
        group_order: of the sections: ``"value"``, ``"-value"``, or by how many pass the filters,
            ``"count"``, ``"-count"``. Samples without a value are last.
        per_group: how many of each section show at most; 0 for all.
        sort: the key to sort by, ``"-temperature"`` for descending, ``""`` for the dataset's order;
            a list sorts by its first key, then by the next, ``["label", "-loss"]``; ``"random:7"``
            shuffles, each number in its own way. Samples without a value are last.
            A key that itself starts with a sign takes one more: ``"+-key"``, ``"--key"``.
        selected: sample ids of the selected samples; ascending where the browser selected them.
        active: the sample id open in the detail view, or None.
        cut: a key and a value, ``{"key": "sharpness", "at": 0.31}``, whose samples below and above
            it are shown side by side, nearest first; or None.
        compared: 2 to 6 sample ids to be seen side by side, or none. Of `active`, `cut` and
            `compared`, setting one clears the others.
        plot: two keys whose samples are counted against each other beside the grid,
            ``["gps.lon", "gps.lat"]``, or none. Two keys with sliders make a density; where one
            has a list of values it is a matrix. ``"digit:value"`` has each integer for itself.
        hold: whether tiles keep their places while a cell runs and changes the dataset, whoever
            else changes it meanwhile. Counts, histograms and `filtered` follow at once, tiles that
            no longer pass are dimmed, and "312 moved" in the toolbar or the end of the cell puts
            all in order. What is asked for is shown at once in any case: filters, sort, sections.
            Where IPython does not run the cells, as in marimo or a script, nothing waits.
        thumbnail_size: edge of a tile in px, 48 to 512; tiles are made a little smaller or larger
            to fill the row.
        fill: whether pictures fill their tiles, cut off at the sides, instead of being shown whole.
        captions: keys shown under each tile.
        caption_keys: whether captions have their keys in front, or are values only.
        height: the most that the widget takes in px, 240 to 4000: few images take less.

    Example:
        ```python
        grid = fg.Grid(dataset, thumbnail_size=96)
        grid.filters = {"temperature": (10, 25)}
        grid.filtered.describe()
        ```
    """

    _esm = STATIC / "widget.js"
    _css = STATIC / "widget.css"

    def __init__(self, dataset: ImageDataset, **traits: Any) -> None:
        """Make a grid of `dataset`; keywords set traits.

        Raises:
            TypeError: `dataset` is none, or a keyword is no trait of a grid.
            ValueError, KeyError: a trait's value is not allowed.
        """
        if not isinstance(dataset, ImageDataset):
            raise TypeError(f"a grid shows an ImageDataset, not {brief(dataset)}: use fg.show(df)")
        self._session = Session(WeakMethod(self._rest))
        self._dataset = dataset
        self._answers = Answers(dataset)
        self._fitted = dataset.revision
        self._told_gone = False
        self._folder_root = self._answers.view.folder_root
        self._fitting = threading.RLock()
        self._messenger = Messenger(self._answers, self.send, lambda: name_of(self))
        self._push = Throttle(self._follow, PUSH_INTERVAL_S, PUSH_SHARE)
        self._follow_changes()
        running.watch(self._cell_ended)
        if unknown := sorted(set(traits) - set(OWN_TRAITS)):
            raise TypeError(
                f"{brief(unknown[0])} is no trait of a grid: {did_you_mean(unknown[0])}"
            )
        own = {"_sheet": uuid4().hex, "_total": len(dataset), "_revision": dataset.revision}
        super().__init__(**traits, **own)
        thumbnails.shared().warm_up()
        self.on_msg(lambda _widget, content, _buffers: self._receive(content))
        shown.add(self)

    @property
    def dataset(self) -> ImageDataset:
        """The dataset that is shown, also of ``fg.show(df)``."""
        return self._dataset

    @property
    def heard(self) -> bool:
        """Whether a browser has ever asked for something."""
        return self._messenger.heard

    @property
    def filtered(self) -> pd.DataFrame:
        """The samples among `rows` that pass every filter, in grid order, indexed by sample id.

        That is section by section, all of each, and in the sort inside them.
        """
        view = self._fit()
        return view.frame.take(matching(self._question, view))

    @property
    def selection(self) -> pd.DataFrame:
        """The selected samples, in grid order, indexed by sample id."""
        view = self._fit()
        return view.frame.take(arranged(view.mask(self.selected.array), self._question, view))

    @property
    def groups(self) -> pd.DataFrame:
        """The sections that `group` makes of `filtered`, in grid order: ``value`` and ``count``.

        A value is one of the key's, an interval for a bin, the datetime at which a day, month or
        year begins, or missing, which is last. Without a group there are none.
        """
        return groups(self._question, self._fit())

    @property
    def differences(self) -> pd.DataFrame:
        """In which keys the samples that pass, or the selected ones, differ from all others.

        A row for each key, the surest difference first; of those with a filter, which differ as
        that says so, only if samples are selected. ``kind`` is ``"range"``, with the largest
        distance of both distributions at a slider's steps as ``effect``, ``"values"`` or
        ``"missing"``, with log-odds, below 0 for fewer. ``direction`` says ``"higher"``,
        ``"fewer dog"``, ``"more missing"``; ``support`` how many of the samples have a value, or
        that one, or lack one; ``different`` whether it is more than chance, at a false discovery
        rate of 5 % among all keys (tests of Kolmogorov and Smirnov, Fisher, Benjamini and
        Hochberg, as ``framegrid.grid.answers.differing`` has them from the literature).

        Raises:
            FilterError: all samples pass or none does; it says what to do.
        """
        compared = sides(self._question, self.selected.array, self._fit())
        check_both_sides(compared)
        return frame(self._answers.differing(compared))

    @property
    def query(self) -> str:
        """The filters as a ``DataFrame.query`` expression.

        ``dataset.df.query(grid.query)`` has the rows of `filtered`, and so has
        ``dataset.df.loc[grid.rows].query(grid.query)`` where `rows` are chosen.
        """
        schema = self._fit().schema
        return str(conditions.query(self.filters, schema))

    @property
    def _question(self) -> Question:
        ids = None if self.rows is None else self.rows.array
        return Question(self.filters, ids, self.sort, self.group, self.group_order)

    def save_html(self, path: str | os.PathLike[str], max_mb: float = 20) -> None:
        """Write the grid as one HTML file that needs neither kernel nor network.

        Sliders, counts, sorting, selection and the detail view work there on all samples. It has
        as many pictures as fit, those in the grid first, and says how many that are; the folders
        that the images are in are left out, unless filters, sort, sections or captions are of them.

        Args:
            path: of the file, which is replaced if it is there.
            max_mb: the most that the file may have, in millions of bytes.

        Raises:
            ValueError: the values alone take more than that.
            OSError: the file cannot be written; what was there stays.

        Example:
            ```python
            grid.save_html("photos.html")
            ```
        """
        view = self._fit()
        first = matching(self._question, view)
        wanted = pd.unique(np.concatenate([first, order(self.sort, view)]))
        traits = self.get_state([*OWN_TRAITS])
        made = page(self._answers, traits, wanted, max_mb).encode()
        with replacing(path) as file:
            file.write(made)

    def close(self) -> None:
        """Close the widget; the dataset stays open."""
        if "_unsubscribe" in vars(self):  # else it was refused half made
            self._rest()
            self._messenger.close()
        super().close()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take the browser's traits; one that is refused is shown there and set back."""
        before = {name: getattr(self, name) for name in OWN_TRAITS if name in sync_data}
        try:
            super().set_state(sync_data)
        except (KeyError, TypeError, ValueError, traitlets.TraitError) as error:
            self._messenger.notice(str(error), problem=True)
            for name, value in before.items():
                setattr(self, name, value)
            self.send_state(list(before))

    def _ipython_display_(self) -> None:
        """Show the grid, then the sheet that stands in for it in a notebook without a kernel."""
        if "ipykernel" not in sys.modules:
            raise NotImplementedError  # has IPython show the text
        bundle, metadata = self._repr_mimebundle_() or ({}, {})
        display(bundle, metadata=metadata, raw=True)
        view = self._fit()
        rows = matching(self._question, view)
        sheet = contact_sheet(self._dataset, view.rows, rows, self._sheet)
        display({"text/html": sheet, "text/plain": repr(self)}, raw=True)

    def __repr__(self) -> str:
        """Say what it shows; not where that is, as notebooks keep this and are given away."""
        return f"Grid of {self._dataset.name!r}: {len(self._dataset):,} images"

    def open(self) -> None:
        """Open the comm."""
        super().open()
        self._unpin()

    def _send(self, msg: dict[str, Any], buffers: Any = None) -> None:
        try:
            self._session.send(partial(super()._send, msg, buffers))
        except Exception as error:
            raise UnreachableError(f"the page of the grid is gone: {brief(error)}") from error
        self._unpin()

    def _unpin(self) -> None:
        # ipykernel 7.4 sends the browser's next message to the thread that published last:
        # after a push from a cell, requests would wait for that cell to end.
        getattr(self.comm, "__dict__", {}).pop("_reply_subshell_id", None)

    def _receive(self, content: dict[str, Any]) -> None:
        if self._resting:
            self._follow_changes()
        if content.get("type") == "ready":
            self._keep_fit()  # for the page to have filters that fit what it is told of
        self._messenger.receive(content)
        if content.get("type") == "ready" and self._dataset.gone and not self._told_gone:
            self._told_gone = True
            self._messenger.notice(f"{self._dataset.gone}.")

    def _follow(self) -> None:
        """Bring the open grid up to the dataset's latest revision."""
        try:
            self._keep_fit()
            if running:
                self._running = True
            self._total = len(self._dataset)
            self._revision = self._dataset.revision
            self._running = bool(running)
        except UnreachableError:
            self._rest()

    def _cell_ended(self) -> None:
        """Show what the cell left, in its order."""
        self._push.flush()
        try:
            self._running = False
        except UnreachableError:
            self._rest()

    def _follow_changes(self) -> None:
        self._resting = False
        self._unsubscribe = self._dataset.subscribe(self._push)

    def _rest(self) -> None:
        """Follow no change until a page asks for something: there is nobody to tell."""
        self._resting = True
        self._unsubscribe()
        self._push.cancel()
