"""A grid saved as one HTML file, opened without a network."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

import framegrid as fg
from axe import violations
from grid_fixtures import WIDTHS, fits, slider, value_box

MARKUP = "<img src=x onerror=\"document.title = 'injected'\">"


@pytest.fixture
def dataset(photos, make_photos):
    make_photos(photos.parent / "more", 60)
    with fg.ImageDataset.create("shared") as dataset:
        dataset.add_images_from_path(photos.parent / "more", progress=False)
        dataset.update_metadata(
            [
                (
                    number,
                    {
                        "temperature": number / 4,
                        "weather": MARKUP if number % 3 else "sunny",
                        "tags": ["dog"] * (number % 2),
                        "gps": {"lat": number / 2},
                        "big": 2**53 + number,
                        "day": dt.datetime(2024, 1, 1) + dt.timedelta(hours=number),
                    },
                )
                for number in range(50)
            ]
        )
        yield dataset


@pytest.fixture
def opened(browser, tmp_path):
    """Opens the page of a grid, which asks for nothing, and gives its region."""
    context = browser.new_context(offline=True, viewport={"width": 1200, "height": 900})
    page = context.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text))
    page.on("request", lambda request: problems.append(request.url))

    def opener(grid, **options):
        grid.save_html(tmp_path / "page.html", **options)
        grid.close()
        url = (tmp_path / "page.html").as_uri()
        page.goto(url)
        problems.remove(url)
        return page.get_by_role("region", name="framegrid: shared")

    yield opener
    context.close()
    assert problems == []


def status(region):
    return region.get_by_role("status").first


def tiles(region):
    return region.get_by_role("listbox", name="Samples").get_by_role("option")


def ids(region):
    return [int(tile.get_attribute("data-sample-id")) for tile in tiles(region).all()]


def test_it_opens_as_the_grid_was(dataset, opened):
    filters = {"temperature": (1.1, 3), "big": (2**53 + 7, None), "": {"query": "width != 80"}}
    grid = fg.Grid(dataset, sort="-temperature", filters=filters)
    wanted = list(grid.filtered.index)
    region = opened(grid)
    expect(status(region)).to_have_text(f"{len(wanted)} of 60 images")
    assert ids(region) == wanted


def test_sliders_lists_and_sorting_work(dataset, opened):
    region = opened(fg.Grid(dataset))
    thumb = slider(region, "gps.lat minimum")
    thumb.focus()
    thumb.press("PageUp")
    bound = float(thumb.get_attribute("aria-valuenow"))
    passing = dataset.df.index[:50][[number / 2 >= bound for number in range(50)]]
    expect(status(region)).to_have_text(f"{len(passing)} of 60 images")
    value_box(region, "weather", "sunny").check()
    wanted = [number for number in passing if number % 3 == 0]
    expect(status(region)).to_have_text(f"{len(wanted)} of 60 images")
    region.get_by_role("combobox", name="Sort by").select_option("day")
    region.get_by_role("button", name="Sort direction").click()
    expect(tiles(region).first).to_have_attribute("data-sample-id", str(wanted[-1]))
    assert ids(region) == wanted[::-1]


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_at_any_width(dataset, opened, width):
    region = opened(fg.Grid(dataset))
    region.page.set_viewport_size({"width": width, "height": 900})
    expect(status(region)).to_have_text("60 of 60 images")
    fits(region)


def test_selection_and_detail_view_work(dataset, opened):
    region = opened(fg.Grid(dataset))
    tile = tiles(region).nth(3)
    tile.click()
    expect(tile).to_have_attribute("aria-selected", "true")
    tile.dblclick()
    dialog = region.get_by_role("dialog", name="photo-3.png")
    expect(dialog.get_by_text("temperature")).to_be_visible()
    expect(dialog.get_by_text("0.75")).to_be_visible()
    expect(dialog.get_by_role("img", name="photo-3.png").first).to_be_visible()


def test_comparing_choosing_and_shuffling_work(dataset, opened):
    region = opened(fg.Grid(dataset, sort=["weather", "-temperature"], selected=[3, 4]))
    region.get_by_role("button", name="Compare", exact=True).click()
    dialog = region.get_by_role("dialog", name="Compare 2 images")
    expect(dialog.get_by_role("row", name="temperature 1 0.75")).to_be_visible()
    expect(dialog.get_by_role("img", name="photo-4.jpg").last).to_be_visible()
    region.page.keyboard.press("Escape")
    region.get_by_role("button", name="Hide selected").click()
    expect(status(region)).to_have_text("58 of 60 images")
    region.get_by_role("button", name="Only selected").click()
    expect(status(region)).to_have_text("2 of 60 images")
    region.get_by_role("button", name="Remove chosen rows").click()
    before = ids(region)
    region.get_by_role("combobox", name="Sort by").select_option(label="Shuffle")
    expect(region.get_by_role("button", name="Shuffle again")).to_be_visible()
    region.page.wait_for_function(
        "(before) => document.querySelector('[aria-posinset=\"1\"]').dataset.sampleId !== before",
        arg=str(before[0]),
    )


@pytest.mark.parametrize("colours", ["none", "active"])
def test_a_plot_filters_and_shows_pictures(dataset, opened, colours):
    region = opened(fg.Grid(dataset, plot=["temperature", "day"]))
    page = region.page
    page.emulate_media(forced_colors=colours)
    page.set_viewport_size({"width": 400, "height": 900})
    plot = region.get_by_role("region", name="Plot of temperature and day")
    expect(plot).to_contain_text("60 images, 10 without temperature, 10 without day")
    box = plot.get_by_role("application").bounding_box()
    # Both rise together, from corner to corner.
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.9 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.1 * box["height"], steps=4)
    page.mouse.up()
    expect(region.get_by_role("button", name="Remove filter temperature")).to_be_visible()
    expect(status(region)).to_have_text(re.compile(r"^(1\d|2\d) of 60 images"))
    fits(region)
    assert violations(region) == []


def test_metadata_is_text(dataset, opened):
    region = opened(fg.Grid(dataset, captions=["weather"]))
    expect(region.get_by_text(MARKUP).first).to_be_visible()
    assert region.page.title() == "shared"


def test_what_does_not_fit_is_stated(dataset, opened, tmp_path):
    grid = fg.Grid(dataset, sort="-temperature")
    with pytest.raises(ValueError, match=r"60 samples takes 0\.\d MB .* max_mb is 0.01"):
        grid.save_html(tmp_path / "page.html", max_mb=0.01)
    grid.save_html(tmp_path / "page.html")
    whole = (tmp_path / "page.html").stat().st_size / 1e6
    region = opened(grid, max_mb=whole - 0.01)
    assert (tmp_path / "page.html").stat().st_size / 1e6 <= whole - 0.01
    expect(region.get_by_text("of 60 images; the others did not fit into")).to_be_visible()
    expect(tiles(region).first.get_by_role("img")).to_be_visible()
