"""Open JupyterLab on the quickstart, with its grid of photos already on the screen.

The notebook's cells run here first, in the very kernel that the page then attaches to.
"""

import argparse
import os
import signal
import sys
import webbrowser
from pathlib import Path
from shutil import copy
from typing import Any

import nbformat
from jupyter_client.blocking.client import BlockingKernelClient
from nbformat.sign import NotebookNotary

from live import Server, serve
from photographs import photographs

HERE = Path(__file__).parent
QUICKSTART = HERE / "quickstart.ipynb"
LAST_CELL = "by-hand"  # the rest is for the reader to run
OUTPUTS = {"stream", "display_data", "execute_result", "error"}


def main() -> None:
    """Serve until Ctrl-C."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    images, folder = _arguments()
    folder.mkdir(parents=True, exist_ok=True)
    images = images or photographs(folder / "photos")
    for file in (*HERE.glob("*.ipynb"), HERE / "photographs.py"):
        copy(file, folder)
    print(f"Starting JupyterLab in {folder} ...", flush=True)
    with serve(folder, environment={"IMAGES": str(images)}) as server:
        prepare(server)
        url = server.page(QUICKSTART.name)
        print(f"\nOpen this page:\n\n    {url}\n\nCtrl-C stops everything.", flush=True)
        if sys.platform != "linux" or {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys():
            webbrowser.open(url)
        server.process.wait()


def _arguments() -> tuple[Path | None, Path]:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("images", nargs="?", type=Path, help="a folder of images to show")
    parser.add_argument("--folder", default="demo", type=Path, help="where the notebook works")
    arguments = parser.parse_args()
    if arguments.images and not arguments.images.is_dir():
        parser.error(f"{arguments.images} is not a folder")
    return arguments.images and arguments.images.resolve(), arguments.folder.resolve()


def prepare(server: Server) -> None:
    """Hand the server a copy of the quickstart, run as far as ``LAST_CELL``."""
    notebook = nbformat.read(QUICKSTART, as_version=4)
    client = server.connect(server.start_kernel(QUICKSTART.name))
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    last = [cell.id for cell in cells].index(LAST_CELL)
    for number, cell in enumerate(cells[: last + 1], 1):
        print(f"Running cell {number} of {last + 1}: {cell.id}", flush=True)
        run(client, cell)
    client.stop_channels()
    # JupyterLab shows live outputs only of notebooks that were signed here.
    NotebookNotary(data_dir=str(server.home / "data")).sign(notebook)
    nbformat.write(notebook, server.root / QUICKSTART.name)


def run(client: BlockingKernelClient, cell: Any) -> None:
    """Run a code cell and keep what it put out in the cell, as a page would.

    Raises:
        SystemExit: the cell failed; the message is the error's.
    """
    cell.outputs = []

    def keep(message: dict[str, Any]) -> None:
        if message["msg_type"] in OUTPUTS:
            cell.outputs.append(nbformat.v4.output_from_msg(message))

    reply = client.execute_interactive(cell.source, output_hook=keep, allow_stdin=False)["content"]
    if reply["status"] != "ok":
        raise SystemExit(f"{reply['ename']}: {reply['evalue']}")
    cell.execution_count = reply["execution_count"]


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("\nStopped.")
