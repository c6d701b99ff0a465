"""What a grid and its browser share: traits, and what each may be."""

import difflib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anywidget
import numpy as np
import traitlets

from framegrid import filters as conditions
from framegrid.base import UnknownSampleError, brief, cut
from framegrid.dataset import ImageDataset
from framegrid.grid.answers.answers import Answers
from framegrid.grid.answers.cutting import checked_cut
from framegrid.grid.answers.orders import check_sort
from framegrid.grid.answers.plots import check_plot
from framegrid.grid.answers.sections import check_group
from framegrid.grid.widget.frozen import frozen
from framegrid.grid.widget.messages import Messenger
from framegrid.grid.widget.sample_ids import ChosenIds, SampleIds
from framegrid.grid.widget.trait_types import Cut, Filters, Keys, Sort

THUMBNAIL_SIZES_PX = range(48, 513)
HEIGHTS_PX = range(240, 4001)
COMPARED = range(2, 7)
GROUP_ORDERS = ("value", "-value", "count", "-count")

_PURPOSES = {"selected": "select", "rows": "show", "compared": "compare"}


class GridTraits(anywidget.AnyWidget):
    """The synced traits of a grid; ``Grid`` says what they mean."""

    _dataset: ImageDataset
    _answers: Answers
    _messenger: Messenger
    filters = Filters()
    rows = ChosenIds()
    group = traitlets.Unicode("").tag(sync=True)
    group_order = traitlets.Unicode("value").tag(sync=True)
    per_group = traitlets.Int(0).tag(sync=True)
    sort = Sort().tag(sync=True)
    selected = SampleIds()
    active = traitlets.Int(None, allow_none=True).tag(sync=True)
    cut = Cut()
    compared = SampleIds()
    plot = Keys(traitlets.Unicode()).tag(sync=True)
    thumbnail_size = traitlets.Int(128).tag(sync=True)
    fill = traitlets.Bool(default_value=False).tag(sync=True)
    captions = Keys(traitlets.Unicode()).tag(sync=True)
    caption_keys = traitlets.Bool(default_value=True).tag(sync=True)
    height = traitlets.Int(640).tag(sync=True)
    hold = traitlets.Bool(default_value=True).tag(sync=True)
    # Names the contact sheet that a live grid hides.
    _sheet = traitlets.Unicode().tag(sync=True)
    # How many samples there are: the page keeps room for them before it has asked for anything.
    _total = traitlets.Int().tag(sync=True)
    # Of the dataset: notebooks send traits again after a lost connection, but no message.
    _revision = traitlets.Int().tag(sync=True)
    # Whether a cell runs that was running when the dataset changed.
    _running = traitlets.Bool(default_value=False).tag(sync=True)

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a trait; refuse what is none, which would be kept and change nothing.

        Raises:
            AttributeError: the grid has no such trait.
        """
        known = getattr(type(self), name, traitlets.Undefined)
        if known is traitlets.Undefined and not name.startswith("_"):
            raise AttributeError(f"a grid has no trait {brief(name)} to set: {did_you_mean(name)}")
        if isinstance(known, property) and known.fset is None:
            raise AttributeError(f"grid.{name} follows from the traits: {did_you_mean(name)}")
        try:
            super().__setattr__(name, value)
        except traitlets.TraitError as error:  # which quotes all of the value
            raise traitlets.TraitError(cut(error)) from None

    @contextmanager
    def hold_trait_notifications(self) -> Iterator[None]:
        """Hold nothing: no trait's check needs another trait.

        The browser's traits are set on another thread than the cells'. What a cell sets meanwhile
        would be held as well: not checked, and forgotten when the browser's are refused.
        """
        yield

    @traitlets.validate("filters")
    def _check_filters(self, proposal: Any) -> Any:
        read = conditions.parse if isinstance(proposal.value, str) else conditions.normalise
        return frozen(read(proposal.value, self._answers.view.schema), "grid.filters")

    @traitlets.validate("sort")
    def _check_sort(self, proposal: Any) -> Any:
        check_sort(proposal.value, self._answers.view)
        return proposal.value

    @traitlets.validate("group")
    def _check_group(self, proposal: Any) -> Any:
        check_group(proposal.value, self._answers.view)
        return proposal.value

    @traitlets.validate("group_order")
    def _check_group_order(self, proposal: Any) -> Any:
        if proposal.value not in GROUP_ORDERS:
            raise ValueError(
                f"group_order is {brief(proposal.value)}: choose among {', '.join(GROUP_ORDERS)}"
            )
        return proposal.value

    @traitlets.validate("per_group")
    def _check_per_group(self, proposal: Any) -> Any:
        if proposal.value < 0:
            raise ValueError(
                f"per_group is {proposal.value}: choose how many of each section show, 0 for all"
            )
        return proposal.value

    @traitlets.validate("captions")
    def _check_captions(self, proposal: Any) -> Any:
        for key in proposal.value:
            self._answers.view.check_key(key)
        return proposal.value

    @traitlets.validate("plot")
    def _check_plot(self, proposal: Any) -> Any:
        check_plot(proposal.value, self._answers.view)
        return proposal.value

    @traitlets.validate("selected", "rows", "compared")
    def _check_ids(self, proposal: Any) -> Any:
        ids, name = proposal.value, proposal.trait.name
        if ids is None:
            return None
        if name == "compared" and ids and len(ids) not in COMPARED:
            raise ValueError(
                f"compared takes {COMPARED.start} to {COMPARED[-1]} images or none, not {len(ids)}"
            )
        known = self._answers.view.known(ids.array)
        if len(known) < len(ids):
            unknown = np.setdiff1d(ids.array, known)[0]
            raise UnknownSampleError(
                f"no sample {unknown} to {_PURPOSES[name]} in {brief(self._dataset.name)}"
            )
        return ids

    @traitlets.validate("active")
    def _check_active(self, proposal: Any) -> Any:
        if proposal.value is not None and proposal.value not in self._dataset:
            raise UnknownSampleError(
                f"no sample {proposal.value} to open in {brief(self._dataset.name)}"
            )
        return proposal.value

    @traitlets.validate("cut")
    def _check_cut(self, proposal: Any) -> Any:
        if proposal.value is None:
            return None
        made = checked_cut(self._answers.view, **proposal.value)
        return frozen(made, "grid.cut")

    @traitlets.observe("active", "cut", "compared")
    def _show_one(self, change: Any) -> None:
        """Let one of these in only, for each has the whole card."""
        if change.new is None or change.new == []:
            return
        none: dict[str, Any] = {"active": None, "cut": None, "compared": []}
        for name, nothing in none.items():
            if name != change.name:
                setattr(self, name, nothing)

    @traitlets.validate("thumbnail_size", "height")
    def _check_size(self, proposal: Any) -> Any:
        allowed = {"thumbnail_size": THUMBNAIL_SIZES_PX, "height": HEIGHTS_PX}[proposal.trait.name]
        if proposal.value not in allowed:
            raise ValueError(
                f"{proposal.trait.name} is {proposal.value} px: "
                f"choose between {allowed.start} and {allowed.stop - 1}"
            )
        return proposal.value


def did_you_mean(name: str) -> str:
    """The trait that somebody may have meant, or all of them."""
    near = difflib.get_close_matches(name, OWN_TRAITS, n=1)
    return f"did you mean {brief(near[0])}?" if near else f"there are {', '.join(OWN_TRAITS)}"


OWN_TRAITS = tuple(
    name for name in GridTraits.class_own_traits(sync=True) if not name.startswith("_")
)
"""Names of the traits that a user may set."""
