"""What a grid and its browser share: traits, what each may be, and what makes them stale."""

import difflib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import anywidget
import traitlets

from framegrid import filters as conditions
from framegrid.base import FOLDER, UnknownSampleError, brief, cut
from framegrid.dataset import ImageDataset
from framegrid.grid import protocol
from framegrid.grid.answers.answers import Answers
from framegrid.grid.answers.grid_view import GridView
from framegrid.grid.widget.frozen import frozen
from framegrid.grid.widget.messages import Messenger
from framegrid.grid.widget.sample_ids import SampleIds

THUMBNAIL_SIZES_PX = range(48, 513)
HEIGHTS_PX = range(240, 4001)


class Filters(traitlets.Union):
    """Conditions by key, or on the way to that an expression."""

    def __init__(self) -> None:
        super().__init__([traitlets.Dict(), traitlets.Unicode()])
        self.tag(
            sync=True,
            to_json=lambda filters, _: protocol.to_browser(filters),
            from_json=lambda wire, _: protocol.from_browser(wire),
        )

    def validate(self, obj: Any, value: Any) -> Any:
        """See that it is one of them."""
        return frozen(super().validate(obj, value), "grid.filters")


class Keys(traitlets.List[str]):
    """A list of keys."""

    def validate(self, obj: Any, value: Any) -> Any:
        """See that they are text."""
        return frozen(super().validate(obj, value), f"grid.{self.name}")


class GridTraits(anywidget.AnyWidget):
    """The synced traits of a grid; ``Grid`` says what they mean."""

    _dataset: ImageDataset
    _answers: Answers
    _messenger: Messenger
    # Revision and schema of the dataset that the traits fit.
    _fitted: int
    _schema_version: object = None
    # Where the folders start that the filters speak of.
    _folder_root: str | None
    _fitting: threading.RLock

    filters = Filters()
    sort = traitlets.Unicode("").tag(sync=True)
    selected = SampleIds()
    active = traitlets.Int(None, allow_none=True).tag(sync=True)
    thumbnail_size = traitlets.Int(128).tag(sync=True)
    fill = traitlets.Bool(default_value=False).tag(sync=True)
    captions = Keys(traitlets.Unicode()).tag(sync=True)
    caption_keys = traitlets.Bool(default_value=True).tag(sync=True)
    height = traitlets.Int(640).tag(sync=True)
    # Names the contact sheet that a live grid hides.
    _sheet = traitlets.Unicode().tag(sync=True)
    # How many samples there are: the page keeps room for them before it has asked for anything.
    _total = traitlets.Int().tag(sync=True)
    # Of the dataset: notebooks send traits again after a lost connection, but no message.
    _revision = traitlets.Int().tag(sync=True)

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

    def _keep_fit(self) -> None:
        """Fit the traits, unless samples, keys and types are the same: a view is dear to make."""
        if self._dataset.schema_version is not self._schema_version:
            self._fit()

    def _fit(self) -> GridView:
        """Carry the traits over to the dataset as it is now, and give its view.

        What stands on a key that got another name follows it; the user is told of what goes with
        its key. Samples that are gone are no longer selected.
        """
        with self._fitting:
            view = self._answers.view
            if view.schema is self._schema_version:
                return view
            gone = ", ".join(self._fit_keys(view))
            moved, self._folder_root = self._fit_folders(view), view.folder_root
            self.selected = view.known(self.selected).tolist()
            if self.active is not None and self.active not in self._dataset:
                self.active = None
            self._fitted, self._schema_version = view.revision, view.schema
        if moved:
            self._messenger.notice(
                f"Folders start from {view.folder_root or 'the root'} now, which all images share: "
                "the filter on folder has followed."
            )
        if gone:
            self._messenger.notice(f"Removed, as the dataset's keys have changed: {gone}.")
        return view

    def _fit_keys(self, view: GridView) -> list[str]:
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

    def _fit_folders(self, view: GridView) -> bool:
        """Carry the filter on folders over to where they start now, and tell if there was one."""
        old, new, given = self._folder_root, view.folder_root, self.filters.get(FOLDER)
        if given is None or old is None or new is None:
            return False
        moved = conditions.relocated(given, old, new)
        if moved == given:
            return False
        others = {key: each for key, each in self.filters.items() if key != FOLDER}
        self.filters = others | ({FOLDER: moved} if moved else {})
        return True

    @traitlets.validate("filters")
    def _check_filters(self, proposal: Any) -> Any:
        read = conditions.parse if isinstance(proposal.value, str) else conditions.normalise
        return frozen(read(proposal.value, self._answers.view.schema), "grid.filters")

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
            raise UnknownSampleError(
                f"no sample {unknown} to select in {brief(self._dataset.name)}"
            )
        return proposal.value

    @traitlets.validate("active")
    def _check_active(self, proposal: Any) -> Any:
        if proposal.value is not None and proposal.value not in self._dataset:
            raise UnknownSampleError(
                f"no sample {proposal.value} to open in {brief(self._dataset.name)}"
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


def did_you_mean(name: str) -> str:
    """The trait that somebody may have meant, or all of them."""
    near = difflib.get_close_matches(name, OWN_TRAITS, n=1)
    return f"did you mean {brief(near[0])}?" if near else f"there are {', '.join(OWN_TRAITS)}"


OWN_TRAITS = tuple(
    name for name in GridTraits.class_own_traits(sync=True) if not name.startswith("_")
)
"""Names of the traits that a user may set."""
