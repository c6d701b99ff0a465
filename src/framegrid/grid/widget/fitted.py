"""The traits of a grid, carried over whenever samples, keys or types of its dataset change."""

import threading
from collections.abc import Callable
from typing import Any

from framegrid import filters as conditions
from framegrid.base import FOLDER
from framegrid.grid import protocol
from framegrid.grid.answers.cutting import checked_cut
from framegrid.grid.answers.grid_view import GridView
from framegrid.grid.answers.groups import renamed_group
from framegrid.grid.answers.orders import check_sort, renamed_sort
from framegrid.grid.answers.plots import check_plot, renamed_side
from framegrid.grid.answers.sections import check_group
from framegrid.grid.widget.traits import COMPARED, GridTraits


class FittedTraits(GridTraits):
    """Traits that follow the dataset."""

    # Revision and schema of the dataset that the traits fit.
    _fitted: int
    _schema_version: object = None
    # Where the folders start that the filters speak of.
    _folder_root: str | None
    _fitting: threading.RLock

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
            self._fit_ids(view)
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
        sorts = [renamed_sort(sort, now) for sort in protocol.sorts_of(self.sort)]
        group = renamed_group(self.group, now)
        cut = self.cut and {**self.cut, "key": now(self.cut["key"])}
        plot = [renamed_side(side, now) for side in self.plot]
        self.filters = {
            key: condition
            for key, condition in filters.items()
            if _accepted(conditions.normalise, {key: condition}, view.schema)
        }
        self.captions = [key for key in captions if _accepted(view.check_key, key)]
        sorted_by = [sort for sort in sorts if _accepted(check_sort, sort, view)]
        self.sort = protocol.sort_of(sorted_by)
        self.group = group if _accepted(check_group, group, view) else ""
        self.plot = plot if _accepted(check_plot, plot, view) else []
        self.cut = cut if cut and _accepted(checked_cut, view, cut["key"], cut["at"]) else None
        return [
            *(f"the filter {key}".strip() for key in filters if key not in self.filters),
            *(f"the caption {key}" for key in captions if key not in self.captions),
            *(
                f"the sort by {protocol.parse_sort(sort)[0]}"
                for sort in sorts
                if sort not in sorted_by
            ),
            *(f"the sections of {group}" for group in [group] if group != self.group),
            *(f"the plot of {' and '.join(plot)}" for _ in [plot] if plot != self.plot),
            *(f"the cut of {each['key']}" for each in [cut] if each and not self.cut),
        ]

    def _fit_ids(self, view: GridView) -> None:
        """Forget samples that are gone."""
        for name in ("selected", "rows", "compared"):
            ids = getattr(self, name)
            known = None if ids is None else view.known(ids.array)
            if known is not None and len(known) < len(ids):
                few = name == "compared" and len(known) < COMPARED.start
                setattr(self, name, [] if few else known)

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


def _accepted(check: Callable[..., Any], *args: Any) -> bool:
    try:
        check(*args)
    except (KeyError, TypeError, ValueError):
        return False
    return True
