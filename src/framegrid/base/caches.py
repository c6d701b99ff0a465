"""Where this user's caches are."""

import os
import sys
from pathlib import Path


def default_folder() -> Path:
    """The folder for framegrid's caches of this platform, or the one the user chose."""
    if chosen := os.environ.get("FRAMEGRID_CACHE_DIR"):
        return Path(chosen)
    if sys.platform == "win32":
        caches = os.environ.get("LOCALAPPDATA", r"~\AppData\Local")
    elif sys.platform == "darwin":
        caches = "~/Library/Caches"
    else:
        caches = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(caches, "framegrid")
