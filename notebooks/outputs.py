"""Run every notebook and keep its outputs in it, as GitHub shows them: `make notebooks`.

A grid is kept as its contact sheet, since a page without a kernel cannot draw the widget.
"""

import re
import sys
import tempfile
from pathlib import Path
from shutil import copy

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent
WIDGET = "application/vnd.jupyter.widget-view+json"
TEMPORARY = re.compile(re.escape(tempfile.gettempdir()) + r"/tmp\w+")  # noqa: S108 (looked for, not used)


def executed(path: Path, folder: Path) -> nbformat.NotebookNode:
    """A notebook with the outputs of a run in a folder of its own."""
    notebook = nbformat.read(path, as_version=4)
    copy(HERE / "photographs.py", folder)
    client = NotebookClient(
        notebook,
        resources={"metadata": {"path": str(folder)}},
        store_widget_state=False,
        record_timing=False,
    )
    return client.execute()


def keep_what_shows(notebook: nbformat.NotebookNode) -> None:
    """Drop what only a live page can show, and what differs from machine to machine."""
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.outputs = [o for o in cell.outputs if WIDGET not in o.get("data", {})]
        for output in cell.outputs:
            output.get("metadata", {}).clear()
    notebook.metadata.language_info = {"name": "python"}


def main() -> None:
    """Run those that are named, or all."""
    for path in [HERE / name for name in sys.argv[1:]] or sorted(HERE.glob("*.ipynb")):
        print(path.name, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            notebook = executed(path, Path(folder))
        keep_what_shows(notebook)
        path.write_text(TEMPORARY.sub("/home/you", nbformat.writes(notebook)) + "\n")


if __name__ == "__main__":
    main()
