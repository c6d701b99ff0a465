"""A JupyterLab server as a child process, and kernels that a page shares with this process."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from jupyter_client.blocking.client import BlockingKernelClient

# No news, and no look whether JupyterLab is to be built anew, which starts Node.js for every page.
PAGE_CONFIG = {
    "disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True},
    "buildCheck": False,
}
START_SECONDS = 60.0


@dataclass(frozen=True)
class Server:
    """A running server: its files are below ``root``, its own state below ``home``."""

    url: str
    token: str
    root: Path
    home: Path
    process: subprocess.Popen[bytes]

    def page(self, notebook: str, app: str = "lab/tree") -> str:
        """The address that opens ``notebook``, a path relative to ``root``.

        Args:
            notebook: the path.
            app: ``"lab/tree"`` for JupyterLab, ``"notebooks"`` for Notebook 7.
        """
        return f"{self.url}{app}/{notebook}?token={self.token}"

    def request(self, method: str, path: str, body: object = None) -> Any:
        """Call the server's REST API and give its answer.

        Raises:
            httpx.HTTPStatusError: the server refused.
        """
        headers = {"Authorization": f"token {self.token}"}
        url = f"{self.url}api/{path}"
        # A proxy of the environment is no way to this machine.
        with httpx.Client(trust_env=False, headers=headers, timeout=START_SECONDS) as client:
            answer = client.request(method, url, json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def start_kernel(self, notebook: str) -> str:
        """Start a kernel as the page of ``notebook`` would, so that the page attaches to it."""
        kernel = {"name": "python3"}
        body = {"path": notebook, "name": notebook, "type": "notebook", "kernel": kernel}
        return str(self.request("POST", "sessions", body)["kernel"]["id"])

    def connect(self, kernel_id: str) -> BlockingKernelClient:
        """A client of a kernel beside the page's, ready to execute."""
        file = self.home / "runtime" / f"kernel-{kernel_id}.json"
        client = BlockingKernelClient(connection_file=str(file))
        client.load_connection_file()
        client.start_channels(hb=False)  # a busy machine misses beats and calls the kernel dead
        client.wait_for_ready(timeout=START_SECONDS)
        return client


@contextmanager
def serve(
    root: Path, *, options: Sequence[str] = (), environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Run JupyterLab on ``root`` until the block ends; the user's Jupyter settings stay out of it.

    Raises:
        RuntimeError: the server did not start; the message ends with its log.
    """
    home = root / ".jupyter"
    (home / "config/labconfig").mkdir(parents=True, exist_ok=True)
    (home / "config/labconfig/page_config.json").write_text(json.dumps(PAGE_CONFIG))
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}"]
    with (
        (home / "server.log").open("w") as log,
        # A session of its own: Ctrl-C reaches this process alone, which then ends the server.
        subprocess.Popen(
            [*command, "--no-browser", "--allow-root", *options],
            cwd=root,
            env={**os.environ, **_own_folders(home), **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        ) as process,
    ):
        try:
            info = _wait_until_up(process, home)
            yield Server(info["url"], info["token"], root, home, process)
        finally:
            process.terminate()


def _own_folders(home: Path) -> dict[str, str]:
    return {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
    }


def _wait_until_up(process: subprocess.Popen[bytes], home: Path) -> dict[str, Any]:
    """The server's own words about itself, written once it listens."""
    file = home / "runtime" / f"jpserver-{process.pid}.json"
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            return dict(json.loads(file.read_text()))
        except (FileNotFoundError, json.JSONDecodeError):  # not there, or half written
            time.sleep(0.05)
    raise RuntimeError(f"JupyterLab did not start:\n{(home / 'server.log').read_text()}")
