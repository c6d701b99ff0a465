"""The build hook: every wheel, sdist and editable install gets a freshly built frontend."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUNDLE = ("src/framegrid/static/widget.js", "src/framegrid/static/widget.css")


class FrontendBuildHook(BuildHookInterface[Any]):
    """Builds ``js/`` with npm, except in an unpacked sdist, which carries its bundle."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling's signature)
        """Build the bundle.

        Raises:
            SystemExit: it cannot be built; the message says why.
        """
        root = Path(self.root)
        is_sdist = (root / "PKG-INFO").exists()
        if not is_sdist:
            build(root / "js")
        missing = [path for path in BUNDLE if not (root / path).is_file()]
        if missing:
            raise SystemExit(f"the frontend build left no {' and no '.join(missing)}")


def build(folder: Path) -> None:
    """Build always: an old bundle must never be shipped."""
    modules, lock = folder / "node_modules/.package-lock.json", folder / "package-lock.json"
    if not modules.exists() or modules.stat().st_mtime < lock.stat().st_mtime:
        npm("ci", folder)
    npm("run build", folder)


def npm(arguments: str, folder: Path) -> None:
    """Run npm in ``folder``."""
    program = shutil.which("npm")
    if program is None:
        raise SystemExit(
            "npm was not found, and framegrid's frontend is built with it: install Node.js 20.19 "
            "or newer and try again, or install a released wheel, which needs no Node.js"
        )
    done = subprocess.run([program, *arguments.split()], cwd=folder, check=False)
    if done.returncode:
        raise SystemExit(f"`npm {arguments}` failed in {folder} with exit code {done.returncode}")
