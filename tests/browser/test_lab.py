"""The drivers themselves, with a widget of three lines."""

import pytest
from playwright.sync_api import expect

from kernel import KernelError

pytestmark = pytest.mark.own_page

COUNTER = """
import anywidget, traitlets

class Counter(anywidget.AnyWidget):
    value = traitlets.Int(0).tag(sync=True)
    _esm = '''
    export default { render({ model, el }) {
      const button = document.createElement("button");
      const show = () => { button.textContent = `count ${model.get("value")}`; };
      button.onclick = () => { model.set("value", model.get("value") + 1); model.save_changes(); };
      model.on("change:value", show);
      show();
      el.append(button);
    } };
    '''

counter = Counter()
counter
"""


def test_widget_and_kernel_hear_each_other(lab):
    lab.open(COUNTER)
    lab.run(0)
    lab.page.get_by_role("button", name="count 0").click()
    expect(lab.page.get_by_role("button", name="count 1")).to_be_visible()
    lab.kernel.until("counter.value == 1")
    lab.kernel.run("counter.value = 7")
    expect(lab.page.get_by_role("button", name="count 7")).to_be_visible()


def test_reload_finds_the_widget_again(lab):
    lab.open(COUNTER)
    lab.run(0)
    lab.page.get_by_role("button", name="count 0").click()
    lab.reload()
    expect(lab.page.get_by_role("button", name="count 1")).to_be_visible()


def test_eval_waits_for_the_running_cell(lab):
    lab.open("import time; time.sleep(1); done = True")
    lab.start(0)
    assert lab.kernel.eval("done") is True
    lab.wait(0)


def test_failed_cell_fails_the_test(lab):
    lab.open("1 / 0")
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        lab.run(0)


def test_failed_expression_tells_why(lab):
    lab.open("")
    with pytest.raises(KernelError, match="name 'nothing' is not defined"):
        lab.kernel.eval("nothing")


def test_console_errors_are_kept(lab):
    lab.open("")
    lab.page.evaluate("console.error('from the page')")
    assert "from the page" in lab.errors.pop()


def test_theme_switch(lab):
    lab.open("")
    lab.theme("Dark")
    lab.theme("Light")
