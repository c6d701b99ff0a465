"""What a grid and its browser share: traits, what each may be, and what makes them stale."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import anywidget
import traitlets

from framegrid import filters as conditions
from framegrid import protocol
from framegrid.answers import Answers
from framegrid.dataset import ImageDataset
from framegrid.errors import UnknownSampleError
from framegrid.grid.messages import Messenger
from framegrid.grid.sample_ids import SampleIds
from framegrid.view import View

THUMBNAIL_SIZES_PX = range(48, 513)
HEIGHTS_PX = range(240, 4001)


class GridTraits(anywidget.AnyWidget):
    """The synced traits of a grid; ``Grid`` says what they mean."""

    _dataset: ImageDataset
    _answers: Answers
    _messenger: Messenger
    # Revision and layout of the dataset that the traits fit.
    _fitted: int
    _layout: object = None
    _fitting: threading.RLock

    filters = traitlets.Union([traitlets.Dict(), traitlets.Unicode()]).tag(
        sync=True,
        to_json=lambda filters, _: protocol.to_browser(filters),
        from_json=lambda wire, _: protocol.from_browser(wire),
    )
    sort = traitlets.Unicode("").tag(sync=True)
    selected = SampleIds()
    active = traitlets.Int(None, allow_none=True).tag(sync=True)
    thumbnail_size = traitlets.Int(128).tag(sync=True)
    fill = traitlets.Bool(default_value=False).tag(sync=True)
    captions = traitlets.List(traitlets.Unicode()).tag(sync=True)
    height = traitlets.Int(640).tag(sync=True)
    # Names the contact sheet that a live grid hides.
    _sheet = traitlets.Unicode().tag(sync=True)
    # Of the dataset: notebooks send traits again after a lost connection, but no message.
    _revision = traitlets.Int().tag(sync=True)

    @contextmanager
    def hold_trait_notifications(self) -> Iterator[None]:
        """Hold nothing: no trait's check needs another trait.

        The browser's traits are set on another thread than the cells'. What a cell sets meanwhile
        would be held as well: not checked, and forgotten when the browser's are refused.
        """
        yield

    def _keep_fit(self) -> None:
        """Fit the traits, unless samples, keys and types are the same: a view is dear to make."""
        if self._dataset.layout is not self._layout:
            self._fit()

    def _fit(self) -> View:
        """Carry the traits over to the dataset as it is now, and give its view.

        What stands on a key that got another name follows it; the user is told of what goes with
        its key. Samples that are gone are no longer selected.
        """
        with self._fitting:
            view = self._answers.view
            if view.schema is self._layout:
                return view
            gone = ", ".join(self._fit_keys(view))
            self.selected = view.known(self.selected).tolist()
            if self.active is not None and self.active not in self._dataset:
                self.active = None
            self._fitted, self._layout = view.revision, view.schema
        if gone:
            self._messenger.notice(f"Removed, as the dataset's keys have changed: {gone}.")
        return view

    def _fit_keys(self, view: View) -> list[str]:
        """Carry over what stands on keys, and tell what is gone."""
        renames = view.renames(since=self._fitted)

        def now(key: str) -> str:
            return conditions.renamed(key, renames, view.schema)

        filters = conditions.carried(self.filters, renames, view.schema)
        captions = [now(key) for key in self.captions]
        sort_key, ascending = protocol.parse_sort(self.sort)
        sort = protocol.sort_text(now(sort_key), ascending=ascending)
        self.filters = {
            key: condition
            for key, condition in filters.items()
            if _accepted(conditions.normalise, {key: condition}, view.schema)
        }
        self.captions = [key for key in captions if _accepted(view.check_key, key)]
        self.sort = sort if _accepted(view.check_sort, sort) else ""
        return [
            *(f"the filter {key}".strip() for key in filters if key not in self.filters),
            *(f"the caption {key}" for key in captions if key not in self.captions),
            *(f"the sort by {key}" for key in [sort_key] if sort != self.sort),
        ]

    @traitlets.validate("filters")
    def _check_filters(self, proposal: Any) -> Any:
        read = conditions.parse if isinstance(proposal.value, str) else conditions.normalise
        return read(proposal.value, self._answers.view.schema)

    @traitlets.validate("sort")
    def _check_sort(self, proposal: Any) -> Any:
        self._answers.view.check_sort(proposal.value)
        return proposal.value

    @traitlets.validate("captions")
    def _check_captions(self, proposal: Any) -> Any:
        for key in proposal.value:
            self._answers.view.check_key(key)
        return proposal.value

    @traitlets.validate("selected")
    def _check_selected(self, proposal: Any) -> Any:
        known = self._answers.view.known(proposal.value)
        if len(known) < len(proposal.value):
            unknown = min(set(proposal.value).difference(known.tolist()))
            raise UnknownSampleError(f"no sample {unknown} to select in {self._dataset.name!r}")
        return proposal.value

    @traitlets.validate("active")
    def _check_active(self, proposal: Any) -> Any:
        if proposal.value is not None and proposal.value not in self._dataset:
            raise UnknownSampleError(
                f"no sample {proposal.value} to open in {self._dataset.name!r}"
            )
        return proposal.value

    @traitlets.validate("thumbnail_size", "height")
    def _check_size(self, proposal: Any) -> Any:
        allowed = {"thumbnail_size": THUMBNAIL_SIZES_PX, "height": HEIGHTS_PX}[proposal.trait.name]
        if proposal.value not in allowed:
            raise ValueError(
                f"{proposal.trait.name} is {proposal.value} px: "
                f"choose between {allowed.start} and {allowed.stop - 1}"
            )
        return proposal.value


def _accepted(check: Callable[..., Any], *args: Any) -> bool:
    try:
        check(*args)
    except (KeyError, TypeError, ValueError):
        return False
    return True


OWN_TRAITS = tuple(
    name for name in GridTraits.class_own_traits(sync=True) if not name.startswith("_")
)
"""Names of the traits that a user may set."""
