"""What notebooks do to a grid: hide it, show it twice, lose its connection, restart its kernel."""

import re

import pytest
from playwright.sync_api import expect

from grid_fixtures import IN_BOTH, scroller, slider, status, tile, tiles, value_box

pytestmark = pytest.mark.own_page

# A connection that can be made to lose all that goes through it, as one that a proxy has forgotten.
LOSE = """
window.lossy = false;
window.sockets = [];
window.WebSocket = class extends WebSocket {
  constructor(...args) {
    super(...args);
    sockets.push(this);
    this.addEventListener("message", (event) => lossy && event.stopImmediatePropagation());
  }
  send(data) {
    if (!lossy) super.send(data);
  }
};
"""
FIND_AGAIN = "() => { lossy = false; sockets.forEach((socket) => socket.close()); }"
WINDOWED = """() => {
  const { content } = jupyterapp.shell.currentWidget;
  content.notebookConfig = { ...content.notebookConfig, windowingMode: "full" };
}"""
TAKE_OFF = """(element) => {
  const parent = element.parentElement; // of a cell that may itself be off the page
  element.remove();
  return () => parent.append(element);
}"""
SCROLL_TO = "index => jupyterapp.shell.currentWidget.content.scrollToItem(index)"
EXECUTE = "command => jupyterapp.commands.execute(command)"
ACTIVATE = "index => { jupyterapp.shell.currentWidget.content.activeCellIndex = index; }"
RESTART = "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
# Where a kernel is started anew, there is a dataset already.
SHOW_AGAIN = "import framegrid as fg; grid = fg.ImageDataset.load('small').show(); grid"


@IN_BOTH
def test_a_cell_that_is_folded_or_taken_off_the_page_comes_back_as_it_was(lab, open_grid):
    region = open_grid(count=600, more=["\n".join(f"# {line}" for line in range(40))] * 30)
    scroller(region).evaluate("element => { element.scrollTop = 900; }")
    expect(tiles(region).first).not_to_have_attribute("data-sample-id", "0")
    first = tiles(region).first.get_attribute("data-sample-id")
    lab.page.evaluate(ACTIVATE, 1)
    lab.page.evaluate(EXECUTE, "notebook:hide-cell-outputs")
    expect(region).to_be_hidden()
    lab.kernel.run("grid.filters = {'temperature': (100, 250)}")
    lab.page.evaluate(EXECUTE, "notebook:show-cell-outputs")
    expect(status(region)).to_have_text("301 of 600 images")
    element = region.element_handle()
    lab.page.evaluate(WINDOWED)
    lab.page.evaluate(ACTIVATE, 31)
    lab.page.evaluate(SCROLL_TO, 31)
    expect(region).to_be_hidden()
    put_back = element.evaluate_handle(TAKE_OFF)
    lab.kernel.run("grid.filters = {}")
    put_back.evaluate("put_back => put_back()")
    lab.page.evaluate(SCROLL_TO, 1)
    expect(status(region)).to_have_text("600 of 600 images")
    expect(tile(region, int(first)).locator("img")).to_be_visible()
    slider(region, "temperature minimum").focus()
    lab.page.keyboard.press("PageUp")
    expect(status(region)).not_to_have_text("600 of 600 images")


@IN_BOTH
def test_views_of_one_grid_go_together_and_one_may_go(lab, open_grid):
    first = open_grid(more=["grid"]).first
    lab.run(2)
    second = lab.page.get_by_role("region", name="framegrid: small").nth(1)
    expect(status(second)).to_have_text("60 of 60 images")
    value_box(second, "weather", "rain").check()
    expect(status(first)).to_have_text("28 of 60 images")
    lab.page.evaluate(ACTIVATE, 2)
    lab.page.evaluate(EXECUTE, "notebook:clear-cell-output")
    expect(second).to_have_count(0)
    tiles(first).nth(2).dblclick()
    expect(first.get_by_role("dialog")).to_contain_text("temperature")


FILLS = """grid => {
  const pane = grid.closest(".jp-LinkedOutputView");
  const left = pane.getBoundingClientRect().bottom - grid.getBoundingClientRect().bottom;
  const area = pane.querySelector(".jp-OutputArea");
  return left >= 0 && left < 20 && area.scrollHeight <= area.clientHeight;
}"""


def test_an_output_in_a_tab_of_its_own(lab, open_grid):
    region = open_grid()
    lab.page.evaluate(ACTIVATE, 1)
    lab.page.evaluate(EXECUTE, "notebook:create-output-view")
    own = lab.page.locator(".jp-LinkedOutputView").get_by_role("region", name="framegrid: small")
    expect(status(own)).to_have_text("60 of 60 images")
    value_box(own, "weather", "rain").check()
    expect(status(own)).to_have_text("28 of 60 images")
    expect(status(region.first)).to_have_text("28 of 60 images")
    lab.page.wait_for_function(FILLS, arg=own.element_handle())
    lab.page.set_viewport_size({"width": 1100, "height": 800})
    lab.page.wait_for_function(FILLS, arg=own.element_handle())


@IN_BOTH
def test_after_a_restart_the_grid_says_what_to_do(lab, open_grid):
    region = open_grid(show=SHOW_AGAIN)
    lab.page.evaluate(RESTART)
    expect(region.get_by_role("alert")).to_contain_text("run the cell again")
    slider(region, "temperature minimum").focus()
    lab.page.keyboard.press("PageUp")
    expect(status(region)).not_to_have_text("60 of 60 images")
    lab.run(1)
    expect(status(region)).to_have_text("60 of 60 images")
    expect(region.get_by_role("alert")).to_have_count(0)


@IN_BOTH
def test_after_a_lost_connection_the_grid_catches_up(lab, open_grid):
    lab.page.add_init_script(LOSE)
    region = open_grid(count=600)
    lab.page.evaluate("() => { lossy = true; }")
    scroller(region).evaluate("element => { element.scrollTop = element.scrollHeight; }")
    alert = region.get_by_role("alert").filter(has_text="does not answer")
    expect(alert).to_be_visible(timeout=20_000)
    lab.kernel.run("dataset.update_metadata({0: {'score': 1.0}, 1: {'score': 2.0}})")
    lab.page.evaluate(FIND_AGAIN)
    expect(slider(region, "score minimum")).to_be_visible(timeout=60_000)
    expect(tile(region, 599).locator("img")).to_be_visible(timeout=30_000)
    expect(alert).to_have_count(0)
    lab.errors[:] = [error for error in lab.errors if "WebSocket" not in error]


@IN_BOTH
def test_over_plain_http_under_another_name(lab, open_grid):
    open_grid(more=["grid.filters = {'weather': ['rain']}"])
    lab.run(2)
    lab.move("plain.test")
    assert not lab.page.evaluate("isSecureContext")
    assert lab.page.evaluate("typeof crypto.randomUUID + typeof navigator.clipboard") == (
        "undefinedundefined"
    )
    region = lab.page.get_by_role("region", name="framegrid: small")
    expect(status(region)).to_have_text("28 of 60 images")
    expect(tiles(region).first.locator("img")).to_be_visible()
    region.get_by_role("button", name="Copy as code").click()
    expect(region.get_by_role("log").first).to_have_text("Copied")


def test_scrolling_floods_nothing_and_asks_nobody_else(lab, open_grid):
    frames, urls = [], []

    def listen(socket):
        # Playwright writes on what it is given, which no method of a list endures.
        socket.on("framesent", lambda frame: frames.append(len(frame)))
        socket.on("framereceived", lambda frame: frames.append(len(frame)))

    lab.page.on("websocket", listen)
    lab.page.on("request", lambda request: urls.append(request.url))
    region = open_grid(count=3000)
    del frames[:]
    scroll = """async (element) => {
      const start = performance.now();
      for (let step = 1; step <= 120; step++) {
        element.scrollTop = element.scrollHeight * step / 120;
        await new Promise(requestAnimationFrame);
      }
      return performance.now() - start;
    }"""
    seconds = scroller(region).evaluate(scroll) / 1000
    expect(tile(region, 2999).locator("img")).to_be_visible()
    assert len(frames) / seconds < 300
    assert max(frames) < 4_000_000
    here = re.compile(rf"{re.escape(lab.page.url.split('/lab')[0])}|data:|blob:")
    assert [url for url in urls if not here.match(url)] == []
