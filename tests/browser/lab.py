"""A person at JupyterLab or Notebook 7: opens notebooks, runs cells, looks at the page."""

import re
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import nbformat
from playwright.sync_api import ConsoleMessage, Error, Locator, Page, expect

from kernel import Kernel
from live import Server

# Awaits what JupyterLab still does after its page has loaded: before that, a key press can be lost.
# Then counts the cells that the kernel has begun to run.
SETTLED = """async () => {
  await jupyterapp.restored;
  const panel = jupyterapp.shell.currentWidget;
  await panel.revealed;
  await panel.sessionContext.ready;
  const kernel = panel.sessionContext.session.kernel;
  await kernel.info;
  window.started = 0;
  kernel.iopubMessage.connect((_, message) => {
    if (message.header.msg_type === "execute_input") started += 1;
  });
}"""
OPEN = """async path => {
  await jupyterapp.commands.execute("docmanager:open", { path, factory: "Notebook" });
}"""
# What is not saved is not asked about.
TIDY = """() => {
  for (const panel of [...jupyterapp.shell.widgets("main")]) panel.dispose();
}"""
OUTPUTS = "index => jupyterapp.shell.currentWidget.content.widgets[index].model.outputs.toJSON()"
CHANGE_THEME = "theme => jupyterapp.commands.execute('apputils:change-theme', { theme })"
PRESSES = 5
# Where on the server each program is.
APPS = {"JupyterLab": "lab/tree", "Notebook 7": "notebooks"}

# Console errors that are none of ours: what is matched, and why.
ALLOWED_ERRORS = {
    r"Command .* (already|not) registered": "Notebook 7 lacks some of JupyterLab's plugins",
    r"reading 'schema'": "the same",
    r"Canceled future for \w+ message": "the notebook before was closed while JupyterLab asked",
}


class Lab:
    """One page with one notebook, in a folder and with a kernel of its own."""

    def __init__(self, server: Server, page: Page, folder: Path, app: str) -> None:
        self.page = page
        self.folder = folder
        self.errors: list[str] = []
        self.has_failed = False
        self._server = server
        self._app = APPS[app]
        self._kernel_id = ""
        self._is_open = page.url != "about:blank"
        page.on("console", self._listen)
        page.on("pageerror", self._catch)

    def open(self, *cells: str) -> None:
        """Open a fresh notebook with these code cells; none is run."""
        self.show(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells]))

    @property
    def file(self) -> Path:
        """The notebook."""
        return self.folder / "notebook.ipynb"

    def show(self, notebook: nbformat.NotebookNode) -> None:
        """Open a copy of a notebook, with a kernel of its own."""
        self._end_kernel()
        nbformat.write(notebook, self.file)
        path = self.file.relative_to(self._server.root).as_posix()
        self._kernel_id = self._server.start_kernel(path)
        client = self._server.connect(self._kernel_id)
        client.iopub_channel.stop()  # nobody would read it, and thumbnails would pile up in it
        self.kernel = Kernel(client)
        if self._is_open:
            self.page.evaluate(TIDY)
            self.page.evaluate(OPEN, path)
        else:
            self.page.goto(f"{self._server.page(path, self._app)}&reset")
        self._settle()

    def saved(self) -> nbformat.NotebookNode:
        """Save the notebook, and read what was saved."""
        self.page.evaluate("jupyterapp.commands.execute('docmanager:save')")
        notebook: nbformat.NotebookNode = nbformat.read(self.file, nbformat.NO_CONVERT)
        return notebook

    def reload(self) -> None:
        """Save the notebook and load the page again; the kernel lives on."""
        self.saved()
        self.page.reload()
        self._settle()

    def move(self, host: str) -> None:
        """Save the notebook and open it under another name of the server; the kernel lives on."""
        self.saved()
        path = self.file.relative_to(self._server.root).as_posix()
        address = urlsplit(self._server.page(path, self._app))
        self.page.goto(address._replace(netloc=f"{host}:{address.port}").geturl())
        self._settle()

    def _settle(self) -> None:
        expect(self.page.locator(".jp-Notebook .jp-Cell").first).to_be_visible(timeout=60_000)
        self.page.evaluate(SETTLED)

    def close(self) -> None:
        """End the kernel with its notebook."""
        self.page.close()
        Thread(target=self._end_kernel, daemon=True).start()  # it takes seconds to end

    def leave(self) -> Page:
        """End the kernel, and give the page as JupyterLab is without a notebook."""
        self.page.remove_listener("console", self._listen)
        self.page.remove_listener("pageerror", self._catch)
        self.page.evaluate(TIDY)
        self.page.mouse.move(0, 0)
        Thread(target=self._end_kernel, daemon=True).start()
        return self.page

    def _end_kernel(self) -> None:
        if self._kernel_id:
            self.kernel.client.stop_channels()
            self._server.request("DELETE", f"kernels/{self._kernel_id}")
            self._kernel_id = ""

    def cell(self, index: int) -> Locator:
        """The cell as the page shows it, with its output."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index)

    def start(self, index: int) -> None:
        """Run a cell; return when the kernel has begun with it, not when it ends."""
        prompt = self._prompt(index)
        prompt_before, started = prompt.inner_text(), self.page.evaluate("started")
        for _ in range(PRESSES):
            self.cell(index).locator(".cm-content").click()
            self.page.keyboard.press("Control+Enter")
            try:
                expect(prompt).not_to_have_text(prompt_before, timeout=3_000)
            except AssertionError:  # the key press was lost
                continue
            self.page.wait_for_function("before => started > before", arg=started, timeout=60_000)
            return
        raise AssertionError(f"cell {index} did not start in {PRESSES} attempts")

    def wait(self, index: int, *, seconds: float = 60) -> None:
        """Wait for the end of a cell that was started; it must not have failed."""
        expect(self._prompt(index)).to_have_text(re.compile(r"\[\d+\]"), timeout=seconds * 1000)
        failures = [o for o in self.outputs(index) if o["output_type"] == "error"]
        assert not failures, "\n".join(failures[0]["traceback"])

    def run(self, index: int, *, seconds: float = 60) -> None:
        """Run a cell to its end; it must not fail."""
        self.start(index)
        self.wait(index, seconds=seconds)

    def outputs(self, index: int) -> list[dict[str, Any]]:
        """The outputs of a cell as they would be saved."""
        return list(self.page.evaluate(OUTPUTS, index))

    def theme(self, name: str) -> None:
        """Switch the theme: ``"Light"`` or ``"Dark"``."""
        self.page.evaluate(CHANGE_THEME, f"JupyterLab {name}")
        light = "true" if name == "Light" else "false"
        expect(self.page.locator("body")).to_have_attribute("data-jp-theme-light", light)

    def _prompt(self, index: int) -> Locator:
        return self.cell(index).locator(".jp-InputPrompt")

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._note(f"{message.text} ({message.location.get('url')})")

    def _catch(self, error: Error) -> None:
        self._note(f"uncaught: {error}")

    def _note(self, error: str) -> None:
        if not any(re.search(pattern, error) for pattern in ALLOWED_ERRORS):
            self.errors.append(error)
