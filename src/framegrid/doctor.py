"""Why a grid does not show: versions, and the causes that can be told from inside the kernel."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

PACKAGES = (
    "framegrid", "anywidget", "ipywidgets", "ipykernel", "jupyterlab", "notebook", "marimo",
    "pandas", "pyarrow", "pillow",
)  # fmt: skip
OLDEST_ANYWIDGET = (0, 9, 14)
# Since then widgets are answered while a cell runs.
SUBSHELLS_IPYKERNEL = (7, 0)


class Finding(NamedTuple):
    """Something that keeps a grid from showing, or makes it worse, and what to do about it."""

    cause: str
    remedy: str


def doctor() -> None:
    """Print the versions in use, and what keeps a grid from showing.

    Run it in the notebook in which the grid does not show.

    Example:
        ```python
        fg.doctor()
        ```
    """
    print(f"Python {sys.version.split()[0]}, {sys.platform}, in {host()}")
    print(", ".join(f"{name} {found or 'absent'}" for name, found in _versions().items()))
    findings = list(examine())
    for cause, remedy in findings:
        print(f"\n- {cause}\n  {remedy}")
    if not findings:
        print("\nNothing is wrong on this side. Reload the page; if the grid still does not show,")
        print("the console of the browser's developer tools names the cause.")


def host() -> str:
    """Name the program that shows the notebook, as far as it can be told."""
    if "google.colab" in sys.modules:
        return "Colab"
    if "marimo" in sys.modules:
        return "marimo"
    if sys.platform == "emscripten":
        return "JupyterLite"
    if "ipykernel" not in sys.modules:
        return "no notebook"
    return "VS Code" if "VSCODE_PID" in os.environ else "Jupyter"


def examine() -> Iterator[Finding]:
    """What is wrong, the likeliest cause of an empty cell first."""
    checks: tuple[Callable[[], Finding | None], ...] = (
        _no_kernel, _no_frontend, _old_anywidget, _server_without_anywidget, _silent_browser,
        _no_subshells,
    )  # fmt: skip
    for check in checks:
        if finding := check():
            yield finding


def _no_kernel() -> Finding | None:
    if host() != "no notebook":
        return None
    return Finding(
        "This is no notebook: there is no comm that could reach a browser.",
        "Run it in JupyterLab, Notebook, VS Code, Colab or marimo; `grid.save_html` needs none.",
    )


def _no_frontend() -> Finding | None:
    if (Path(__file__).parent / "static" / "widget.js").is_file():
        return None
    return Finding(
        "framegrid was installed without its frontend: static/widget.js is missing.",
        "Install a wheel (`pip install --force-reinstall framegrid`), or in a clone `make setup`.",
    )


def _old_anywidget() -> Finding | None:
    found = _version("anywidget")
    if found and _numbers(found) >= OLDEST_ANYWIDGET:
        return None
    oldest = ".".join(map(str, OLDEST_ANYWIDGET))
    return Finding(
        f"anywidget is {found or 'absent'} in the kernel's environment: {oldest} is the oldest.",
        f"`%pip install 'anywidget>={oldest}'`, then restart the kernel.",
    )


def _server_without_anywidget() -> Finding | None:
    python = _server_python()
    folders = _labextensions(python) if python else []
    if not folders or any((folder / "anywidget").is_dir() for folder in folders):
        return None
    return Finding(
        f"The Jupyter server runs in another environment, without anywidget: {python}.",
        f"`!{python} -m pip install anywidget`, then reload the page.",
    )


def _silent_browser() -> Finding | None:
    widget = sys.modules.get("framegrid.grid.widget.grid")
    shown = list(widget.shown) if widget else []
    if not shown or any(grid.heard for grid in shown):
        return None
    return Finding(
        "A grid was made, and no browser has answered it: its frontend did not load.",
        "Reload the page. In VS Code, allow widget scripts; offline, run a local Jupyter server.",
    )


def _no_subshells() -> Finding | None:
    found = _version("ipykernel")
    if host() != "Jupyter" or not found or _numbers(found) >= SUBSHELLS_IPYKERNEL:
        return None
    return Finding(
        f"ipykernel {found} answers no widget while a cell runs: thumbnails wait for its end.",
        "`%pip install 'ipykernel>=7'`, then restart the kernel; JupyterLab must be 4.4 or newer.",
    )


def _versions() -> dict[str, str | None]:
    return {name: _version(name) for name in PACKAGES}


def _version(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - takes long

    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def _server_python() -> str | None:
    """Find the interpreter of the Jupyter server that started this kernel."""
    try:
        import psutil  # noqa: PLC0415 - ipykernel brings it, scripts have no server
    except ImportError:
        return None
    try:
        command: list[str] = psutil.Process(int(os.environ["JPY_PARENT_PID"])).cmdline()
    except (KeyError, ValueError, psutil.Error):
        return None
    return command[0] if "jupyter" in " ".join(command) else None


def _labextensions(python: str) -> list[Path]:
    """List the folders from which a Jupyter server of this interpreter serves extensions."""
    code = (
        "import json, jupyter_core.paths as p; print(json.dumps(p.jupyter_path('labextensions')))"
    )
    import subprocess  # noqa: PLC0415 - ``import framegrid`` stays light

    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return [Path(folder) for folder in json.loads(done.stdout or "[]")]
