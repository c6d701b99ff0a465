"""The grid in its surroundings: panes of any width, containers, visible scrollbars."""

import pytest
from playwright.sync_api import expect

from grid_fixtures import IN_BOTH, WIDTHS, fits, slider, status, tiles

pytestmark = pytest.mark.own_page

BOXES = {
    "HBox": ("W.HBox([grid, W.Button()])", 148),
    "nested": ("W.HBox([W.VBox([grid]), W.VBox([W.IntSlider()])])", 300),
    "VBox": ("W.VBox([W.Label('above'), grid], layout={'align_items': 'center'})", 0),
    "GridBox": ("W.GridBox([grid, W.Button()], layout={'grid_template_columns': '1fr auto'})", 148),
    "fit-content": ("W.VBox([grid], layout={'width': 'fit-content'})", 0),
    "inline": ("W.Box([grid], layout={'display': 'inline-block'})", 0),
    "AppLayout": ("W.AppLayout(right_sidebar=W.Button(), center=grid, pane_widths=[0, 1, 0])", 148),
    "Tab": ("W.Tab([W.Accordion([grid], selected_index=0)])", 62),
}
"""Containers by name: what makes one, and the px that others in it take."""
IN_BOX = """
import ipywidgets as W
grid = dataset.show()
{make}
"""
IN_OUTPUT = """
import ipywidgets as W
inner = W.Output()
outer = W.Output()
with outer, inner:
    display(dataset.show(height=300))
outer.append_display_data(inner)
@W.interact(size=(48, 96))
def show(size=64):
    grid = dataset.show(height=300, thumbnail_size=size)
    display(grid)
outer
"""
TAKES_ROOM = """([region, output, taken]) => {
  const room = output.clientWidth - taken;
  return region.offsetWidth <= room && region.offsetWidth > room - 12;
}"""
CLEAR = "jupyterapp.commands.execute('notebook:clear-cell-output')"
COLLAPSE = "jupyterapp.shell.collapseLeft()"


@IN_BOTH
def test_nothing_is_cut_at_any_width(lab, open_grid):
    region = open_grid()
    expect(slider(region, "temperature minimum")).to_be_visible()
    fits(region)
    lab.page.evaluate(COLLAPSE)
    for width in WIDTHS:
        lab.page.set_viewport_size({"width": width, "height": 1000})
        expect(status(region)).to_be_visible()
        fits(region)


def test_in_containers_it_takes_the_free_width(lab, open_grid):
    open_grid(more=[IN_BOX.format(make=make) for make, _ in BOXES.values()])
    lab.page.evaluate(COLLAPSE)
    for cell, (name, (_, taken)) in enumerate(BOXES.items(), start=2):
        lab.run(cell)
        region = lab.cell(cell).get_by_role("region", name="framegrid: small")
        output = lab.cell(cell).locator(".jp-OutputArea-output").first
        for width in (1400, 1000):
            lab.page.set_viewport_size({"width": width, "height": 1000})
            elements = [element.element_handle() for element in (region, output)]
            lab.page.wait_for_function(TAKES_ROOM, arg=[*elements, taken])
            fits(region)
        lab.page.evaluate(CLEAR)
        expect(region, name).to_have_count(0)


def test_in_outputs_it_shows_and_only_its_sheet_is_hidden(lab, open_grid):
    open_grid(more=[IN_OUTPUT])
    lab.run(2)
    regions = lab.cell(2).get_by_role("region", name="framegrid: small")
    expect(regions).to_have_count(2)
    for region in regions.all():
        expect(region.get_by_role("status").first).to_have_text("60 of 60 images")
        expect(tiles(region).first.locator("img")).to_be_visible()
    sheets = lab.cell(2).locator("figure[data-framegrid]")
    expect(sheets).to_have_count(2)
    for sheet in sheets.all():
        expect(sheet).to_be_hidden()


def test_beside_others_it_shares_the_width_but_is_never_narrow(lab, open_grid):
    regions = open_grid(show=IN_BOX.format(make="W.HBox([grid, dataset.show()])"))
    expect(regions).to_have_count(2)
    lab.page.wait_for_function(
        "([one, other]) => Math.abs(one.offsetWidth - other.offsetWidth) < 2",
        arg=[region.element_handle() for region in regions.all()],
    )
    lab.page.set_viewport_size({"width": 600, "height": 1000})
    expect(regions.first).to_have_css("width", "320px")
