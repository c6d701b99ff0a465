"""Filters of every kind in a real JupyterLab: what is typed, chosen, searched and assigned."""

import re

import pytest
from playwright.sync_api import expect

from grid_fixtures import key_filter, slider, small_grid, status, value_box

VALUES = """\
CELLS = {
    "blur": lambda: dice.choice([-math.inf, math.inf, 0.1, 0.25, round(dice.random(), 2)]),
    "size": lambda: 10 ** dice.uniform(-3, 3),
    "faces": lambda: dice.randrange(5),
    "big": lambda: dice.choice([2**53, 2**60, -(2**63) + 20]) + dice.randrange(-9, 9),
    "wide": lambda: dice.choice([2.0**60, 2.0**60 + 256, 1e300, -(2.0**70), 1 / 3]),
    "weather": lambda: dice.choice(["sunny", "rain", ""]),
    "indoor": lambda: dice.random() < 0.5,
    "taken": lambda: dt.datetime(2024, 5, 1) + dt.timedelta(hours=dice.randrange(500)),
    "tags": lambda: dice.sample(["dog", "cat", 1, True, 2.5, 2**60, 1e40], dice.randrange(5)),
    "gps": lambda: {"lat": dice.choice([1, 2.5, math.inf, "none"])},
}
dataset.update_metadata({
    i: {key: cell() for key, cell in CELLS.items() if dice.random() < 0.8} for i in range(COUNT)
})
dataset.update_metadata({i: {"note": f"{i} dogs, {i * i} cats"} for i in range(1, COUNT)})
"""
SHOW = "grid = dataset.show(thumbnail_size=48, height=900); grid"
CASE = """
def bounds(key, to_bound=lambda value: value):
    known = dataset.df[key].dropna().tolist()
    ends = sorted(dice.choice([*known, to_bound(dice.choice(known))]) for _ in range(2))
    return dict(
        min=dice.choice([None, ends[0]]), max=dice.choice([None, ends[1]]),
        missing=dice.random() < 0.3,
    )

CONDITIONS = {
    "blur": lambda: dice.choice([bounds("blur", lambda x: x + 0.01), [None]]),
    "size": lambda: bounds("size", lambda x: x * 1.01),
    "faces": lambda: bounds("faces"),
    "big": lambda: bounds("big", lambda x: x + dice.randrange(-3, 4)),
    "wide": lambda: bounds("wide"),
    "taken": lambda: bounds("taken", lambda x: x + dt.timedelta(seconds=1)),
    "gps.lat": lambda: dice.choice([(1, 2.5), (2.5, None), (None, 2), [None], (math.inf, None)]),
    "weather": lambda: dice.choice([["rain", None], [""], {"contains": "N"}]),
    "indoor": lambda: dice.choice([True, [False, None]]),
    "tags": lambda: dice.choice([["dog", 1], {"contains": True}, [1e40, None], [2**60], [None]]),
    "note": lambda: dice.choice([{"contains": "DOG"}, {"contains": "1"}, [None]]),
    "": lambda: {"query": dice.choice(["faces < width - 40", "not indoor or blur > 0.2"])},
}

def case(seed):
    dice.seed(seed)
    keys = dice.sample(list(CONDITIONS), dice.choice([1, 1, 2, 3]))
    try:
        grid.filters = {key: CONDITIONS[key]() for key in keys}
    except ValueError:  # two bounds with nothing between them
        grid.filters = {}
    grid.sort = dice.choice(["", "blur", "-taken"])
    found = dataset.df.query(grid.query) if grid.query else dataset.df
    filtered = grid.filtered.index.tolist()
    assert sorted(filtered) == found.index.tolist(), (grid.filters, grid.query)
    return filtered
"""
SHOWN = """expected => {
  const tiles = [...document.querySelectorAll(".framegrid [role=option][data-sample-id]")];
  const place = tile => Number(tile.getAttribute("aria-posinset"));
  const ids = tiles.sort((a, b) => place(a) - place(b)).map(tile => Number(tile.dataset.sampleId));
  const status = document.querySelector(".framegrid [role=status]").textContent.trim();
  return String(ids) === String(expected) && status.startsWith(expected.length + " of ");
}"""


@pytest.fixture
def region(lab):
    return small_grid(lab, 40, VALUES, SHOW)


def box(region, name):
    key = name.rpartition(" ")[0]
    return key_filter(region, key).get_by_role("textbox", name=f"{name} value", exact=True)


def test_browser_kernel_and_pandas_agree_on_any_filters(lab, region):
    lab.kernel.run(CASE)
    for seed in range(40):
        lab.page.wait_for_function(SHOWN, arg=lab.kernel.eval(f"case({seed})"))


def test_typed_bounds_are_exact(lab, region):
    least = box(region, "size minimum")
    least.click()
    least.fill("0.123456789012")
    lab.page.keyboard.press("Enter")
    lab.kernel.until("grid.filters.get('size', {}).get('min') == 0.123456789012")
    expect(slider(region, "size minimum")).to_have_attribute("aria-valuenow", "0.123456789012")
    count = lab.kernel.eval("int((dataset.df['size'] >= 0.123456789012).sum())")
    expect(status(region)).to_have_text(f"{count} of 40 images")

    least.fill("many")
    lab.page.keyboard.press("Enter")
    expect(region.get_by_role("alert")).to_have_text("“many” is no number")
    expect(least).to_have_attribute("aria-invalid", "true")
    lab.page.keyboard.press("Escape")
    expect(least).to_have_value("0.123456789012")
    expect(region.get_by_role("alert")).to_have_count(0)
    box(region, "size maximum").fill("0.01")
    lab.page.keyboard.press("Enter")
    expect(region.get_by_role("alert")).to_contain_text("less than the minimum")

    box(region, "taken maximum").fill("2024-05-10 12:00")
    box(region, "faces minimum").focus()
    lab.kernel.until("grid.filters.get('taken', {}).get('max') == '2024-05-10T12:00:00.000000'")


def test_integers_that_no_double_holds_stay_exact(lab, region):
    lab.kernel.run("grid.filters = {'big': (2**60 + 1, None), 'wide': (2.0**60, None)}")
    expect(region.get_by_title("big ≥ 1152921504606846977")).to_be_visible()
    value_box(region, "indoor", "true").check()
    lab.kernel.until("'indoor' in grid.filters")
    least = box(region, "big minimum")
    expect(least).to_have_value("1152921504606846977")
    expect(least).to_have_attribute("title", "1152921504606846977")
    least.fill("1152921504606846979")
    lab.page.keyboard.press("Enter")
    lab.kernel.until("grid.filters['big']['min'] == 2**60 + 3")
    assert lab.kernel.eval("grid.filters['wide']['min']") == 2.0**60
    count = lab.kernel.eval("len(grid.filtered)")
    expect(status(region)).to_have_text(f"{count} of 40 images")


def test_what_cannot_be_seen_is_put_into_words_everywhere(lab, region):
    texts = "['', ' ', 'a\\u202eb', 'rain']"
    lab.kernel.run(f"dataset.update_metadata({{i: {{'sky': {texts}[i % 4]}} for i in range(40)}})")
    lab.kernel.run("grid.captions = ['sky']")
    lab.kernel.run("grid.filters = {'sky': ['', ' ', 'a\\u202eb']}")
    region.get_by_role("searchbox", name="Search keys").fill("sky")
    tiles = region.get_by_role("listbox", name="Samples").get_by_role("option")
    for place, text in enumerate(["(empty)", "(blank)", r"a\u202eb"]):
        expect(value_box(region, "sky", text)).to_be_checked()
        expect(tiles.nth(place)).to_contain_text(text)
        tiles.nth(place).dblclick()
        fields = region.get_by_role("dialog").get_by_role("row", name="sky")
        expect(fields).to_contain_text(text)
        lab.page.keyboard.press("Escape")
    expect(region.get_by_title(r"sky (empty), (blank), a\u202eb", exact=True)).to_be_visible()


@pytest.mark.own_page
def test_an_expression_moves_sliders_and_leaves_one_chip(lab, region):
    lab.kernel.run("grid.filters = \"0.1 < blur <= 0.4 and weather == 'rain' and faces < width\"")
    expect(slider(region, "blur maximum")).to_have_attribute("aria-valuenow", "0.4")
    expect(value_box(region, "weather", "rain")).to_be_checked()
    count = lab.kernel.eval("len(dataset.df.query(grid.query))")
    expect(status(region)).to_have_text(f"{count} of 40 images")
    lab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    region.get_by_role("button", name="Copy as code").click()
    expect(region.get_by_role("log")).to_have_text("Copied")
    copied = lab.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("grid.filters = ")
    lab.kernel.run(f"grid.filters, grid.rows = {{}}, [0]\n{copied}")
    assert lab.kernel.eval("len(grid.filtered)") == count
    region.get_by_role("button", name="Remove filter expression").click()
    lab.kernel.until("'' not in grid.filters and len(grid.filters) == 2")


def test_lists_text_missing_and_infinite_values_can_be_reached(lab, region):
    value_box(region, "tags", "dog").check()
    lab.kernel.until("grid.filters == {'tags': {'contains': 'dog'}}")
    value_box(region, "tags", "(missing)").check()
    lab.kernel.until("grid.filters == {'tags': {'in': ['dog', None]}}")
    region.get_by_role("button", name="Reset tags").click()
    key_filter(region, "blur").get_by_role("button", name="blur only missing").click()
    lab.kernel.until("grid.filtered['blur'].isna().all() and grid.filters")
    infinite = re.compile(r"blur: \d+ infinite \(∞\)")
    key_filter(region, "blur").get_by_role("button", name=infinite).click()
    lab.kernel.until(
        "(grid.filtered['blur'] == math.inf).all() and grid.filters['blur'].get('min')"
    )
    region.get_by_role("button", name="Reset blur").click()
    key_filter(region, "note").get_by_role("searchbox", name="Search note").fill("dogs, 1")
    region.get_by_role("button", name="All that contain “dogs, 1”").click()
    lab.kernel.until("grid.filters == {'note': {'contains': 'dogs, 1'}}")


def test_an_empty_result_says_which_filter_to_blame(lab, region):
    lab.kernel.run("grid.filters = {'width': (41, 41), 'faces': (100, None)}")
    region.get_by_role("button", name="Drop faces ≥ 100: 8 images").click()
    expect(status(region)).to_have_text("8 of 40 images")
    lab.kernel.until("list(grid.filters) == ['width']")


def test_keys_can_be_hidden_and_shown_again(lab, region):
    group = key_filter(region, "faces")
    group.hover()
    group.get_by_role("button", name="Hide faces").click()
    expect(group).to_have_count(0)
    region.get_by_role("button", name="Hidden").click()
    region.get_by_role("button", name="Show faces").click()
    expect(group).to_be_visible()
    region.get_by_role("button", name=re.compile(r"^gps \d")).click()
    expect(region.get_by_role("group", name="gps.lat")).to_have_count(0)


NUMBERS = """
import datetime as dt
dataset.update_metadata({i: {
    "angle": i * 0.0314159265,
    "exposure_time": 1 / (345 + 10 * i),
    "near": 1 + i * 1e-12,
    "taken": dt.datetime(2020 + i // 12, 1 + i % 12, 5, 15, 4, 5),
    "long": 2**60 + i,
} for i in range(40)})
"""


def test_a_number_reads_the_same_wherever_it_is_shown(lab, region):
    lab.kernel.run(NUMBERS)
    lab.kernel.run("grid.captions, grid.sort = ['angle', 'long'], 'exposure_time'")
    lab.kernel.run("grid.filters = {'angle': (0.94247779, None)}")
    expect(region.get_by_title("angle ≥ 0.942")).to_be_visible()
    region.get_by_role("searchbox", name="Search keys").fill("angle")
    expect(box(region, "angle minimum")).to_have_value("0.942")
    expect(box(region, "angle minimum")).to_have_attribute("title", "0.94247779")
    expect(box(region, "angle maximum")).to_have_value("1.225")
    thirty = region.locator("[data-sample-id='30']")
    expect(thirty).to_contain_text("0.942")
    expect(thirty).to_contain_text("1/645 s")
    expect(thirty).to_contain_text("1152921504606847006")
    expect(thirty.get_by_title(f"angle: {30 * 0.0314159265}")).to_be_visible()
    thirty.dblclick()
    row = region.get_by_role("row", name="angle")
    expect(row).to_contain_text("0.942")
    expect(row.get_by_title(str(30 * 0.0314159265))).to_be_visible()
    lab.page.keyboard.press("Escape")
    for key, least, most in (
        ("near", "1", "1.000000000039"),
        ("taken", "2020-01-05", "2023-04-05"),
        ("exposure_time", "1/735 s", "1/345 s"),
        ("long", str(2**60), str(2**60 + 39)),
    ):
        region.get_by_role("searchbox", name="Search keys").fill(key)
        expect(box(region, f"{key} minimum")).to_have_value(least)
        expect(box(region, f"{key} maximum")).to_have_value(most)
