"""A real JupyterLab and a real Chromium, for browser tests and benchmarks."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from lab import Lab
from live import Server, serve

# The first one is Chromium without windows of its own, which halves the work beside the page's.
EXECUTABLES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
# A name that is not this machine's own: over plain http such a page is not trusted with much.
ELSEWHERE = "plain.test"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1",
)


expect.set_options(timeout=30_000)  # ms; waiting costs nothing where nothing is busy


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab and Notebook 7, their application objects exposed to the page's scripts."""
    options = [f"--{app}.expose_app_in_browser=True" for app in ("LabApp", "JupyterNotebookApp")]
    options.append(f"--ServerApp.local_hostnames={['localhost', ELSEWHERE]}")
    with serve(tmp_path_factory.mktemp("lab"), options=options) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium, the machine's own."""
    executable = next(filter(None, map(shutil.which, EXECUTABLES)), None)
    if executable is None:
        pytest.fail("no Chromium or Chrome on the PATH: `make browser` installs one where apt is")
    with sync_playwright() as playwright:
        # With scrollbars that take room, as most have them.
        yield playwright.chromium.launch(
            executable_path=executable, args=FLAGS, ignore_default_args=["--hide-scrollbars"]
        )


@pytest.fixture(scope="session")
def kept_pages() -> list[Page]:
    """JupyterLab without a notebook, at most once: to load it takes longer than most tests."""
    return []


@pytest.fixture
def lab(
    server: Server, browser: Browser, kept_pages: list[Page], request: pytest.FixtureRequest
) -> Iterator[Lab]:
    """A fresh notebook, folder and kernel; the page's console must stay free of errors.

    It is JupyterLab's, unless a test asks to run ``IN_BOTH``. The page goes on to the next test,
    unless this one fails or has the mark ``own_page``.
    """
    folder = server.root / request.node.name
    folder.mkdir()
    app = getattr(request, "param", "JupyterLab")
    is_own = app != "JupyterLab" or request.node.get_closest_marker("own_page") is not None
    page = None if is_own or not kept_pages else kept_pages.pop()
    page = page or browser.new_page(viewport={"width": 1400, "height": 1000})
    driver = Lab(server, page, folder, app)
    yield driver
    if is_own or driver.has_failed or driver.errors or page.url == "about:blank":
        driver.close()
    else:
        kept_pages.append(driver.leave())
    assert driver.errors == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function, call: pytest.CallInfo[None]) -> Any:
    """Take a picture of the page when a test fails."""
    report = yield
    lab = item.funcargs.get("lab")
    if call.when == "call" and report.failed and isinstance(lab, Lab):
        lab.has_failed = True
        picture = lab.folder / "failure.png"
        lab.page.screenshot(path=picture)
        report.sections.append(("the page when it failed", str(picture)))
    return report
