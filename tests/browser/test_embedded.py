"""Pages that ipywidgets makes of a grid, with its own scripts and without a network."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from ipywidgets.embed import embed_minimal_html
from playwright.sync_api import expect

import framegrid as fg

START = """
addEventListener("load", () =>
  require(["@jupyter-widgets/html-manager/dist/libembed-amd"], (embed) => embed.renderWidgets()));
"""


def text(package, path):
    """A file of an installed package, unimported: shinywidgets would take over all widgets."""
    return (Path(find_spec(package).origin).parent / path).read_text()


@pytest.fixture
def scripts():
    """What such a page loads from the network, by the end of its address."""
    return {
        "require.min.js": text("shiny", "www/shared/requirejs/require.min.js"),
        "embed-amd.js": text("shinywidgets", "static/libembed-amd.js") + START,
        "index.js": text("anywidget", "nbextension/index.js"),
    }


@pytest.fixture
def page(browser, scripts):
    def answer(route):
        script = scripts[route.request.url.rpartition("/")[2]]
        headers = {"Access-Control-Allow-Origin": "*"}
        route.fulfill(body=script, content_type="text/javascript", headers=headers)

    page = browser.new_page()
    page.route(re.compile("^https:"), answer)
    yield page
    page.close()


def test_a_page_without_a_kernel_names_the_call_that_makes_one(page, photos):
    with fg.ImageDataset.create("embedded") as dataset:
        dataset.add_images_from_path(photos, progress=False)
        embed_minimal_html("page.html", [dataset.show()], drop_defaults=False)
    file = photos.parent / "page.html"
    # Its loader is another version here.
    file.write_text(re.sub('integrity="[^"]*"', "", file.read_text()))
    page.goto(file.as_uri())
    said = page.get_by_role("alert")
    expect(said).to_contain_text("This page has no kernel.")
    expect(said).to_contain_text("grid.save_html(path)")
