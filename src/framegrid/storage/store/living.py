"""The datasets that are open in this process."""

import weakref
from typing import TYPE_CHECKING

from framegrid.base import forks

if TYPE_CHECKING:
    from framegrid.storage.store.store import Store

open_stores: "weakref.WeakSet[Store]" = forks.living()
