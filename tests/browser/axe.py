"""What axe-core, the accessibility checker, finds in a part of the page."""

from pathlib import Path

from playwright.sync_api import Locator

AXE = Path(__file__).parents[2] / "js/node_modules/axe-core/axe.min.js"
RUN = """async element => {
  const { violations } = await axe.run(element, { resultTypes: ["violations"] });
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}\\n${html}\\n${failureSummary}`));
}"""


def violations(part: Locator) -> list[str]:
    """The rules broken in a part, each with the element and what would mend it."""
    if not part.page.evaluate("'axe' in window"):
        # As a script of the page, axe would take JupyterLab's module loader for its own.
        part.page.evaluate(f"(define => {{ {AXE.read_text()} }})(undefined)")
    return list(part.evaluate(RUN))
