"""One filter state: chip, slider, query and Python say the same, whatever key it is of."""

import re

import pytest
from playwright.sync_api import expect

from grid_fixtures import agree, box, only, slider, status, value_box

NAMES = ["constructor", "toString", "__proto__", "hasOwnProperty", "valueOf", "🐟", "in.put"]


def test_keys_and_values_may_have_any_name(lab, region):
    lab.kernel.run(f"names = {NAMES!r}")
    lab.kernel.run(
        "dataset.update_metadata({i: {name: (i + n) % 10 / 10 for n, name in enumerate(names)} |"
        " {'kind': names[i % len(names)]} for i in range(COUNT)})"
    )
    chips = region.get_by_role("button", name=re.compile("^Remove filter"))
    for name in NAMES:
        only(region, name)
        expect(chips).to_have_count(0)
        expect(status(region)).to_have_text("200 of 200 images")
        slider(region, f"{name} minimum").focus()
        lab.page.keyboard.press("PageUp")
        lab.kernel.until(f"list(grid.filters) == [{name!r}]")
        agree(lab, region)
        region.get_by_role("button", name=f"Remove filter {name}").click()
        lab.kernel.until("grid.filters == {}")
    only(region, "kind")
    for name in NAMES:
        region.get_by_role("checkbox", name=f"kind: {name}", exact=True).check()
    lab.kernel.until(f"grid.filters == {{'kind': {{'in': {NAMES!r}}}}}")
    lab.kernel.run(f"grid.filters = {{name: (0.3, None) for name in {NAMES!r}[:4]}}")
    expect(chips).to_have_count(4)
    lab.kernel.run("grid.captions = names")
    agree(lab, region)


def test_a_datetime_at_the_end_of_all_years_is_a_datetime(lab, region):
    lab.kernel.run(
        "dataset.update_metadata({i: {'due': dt.datetime(9999, 12, 31, 23, 59, 59, 999999)"
        " if i % 40 == 0 else dt.datetime(2024, 1, 1 + i % 28)} for i in range(COUNT)})"
    )
    only(region, "due")
    thumb = slider(region, "due maximum")
    thumb.focus()
    lab.page.keyboard.press("ArrowLeft")
    lab.kernel.until("list(grid.filters) == ['due']")
    assert agree(lab, region) == 195
    slider(region, "due minimum").focus()
    lab.page.keyboard.press("End")
    lab.kernel.until("grid.filters['due']['min']")
    agree(lab, region)
    lab.kernel.run("grid.filters = {'due': ('9999-12-31', None), 'score': (0, None)}")
    agree(lab, region)
    only(region, "score")
    expect(slider(region, "score minimum")).to_be_visible()


def test_trouble_with_one_key_is_told_there_and_the_rest_goes_on(lab, region):
    lab.kernel.run("""
from framegrid.filters import codes as columns
encode = columns.encode_range
def refuse(key, *args):
    if key == "bad":
        raise ZeroDivisionError("no such number")
    return encode(key, *args)
columns.encode_range = refuse
dataset.update_metadata({i: {"bad": i / 3} for i in range(COUNT)})
""")
    only(region, "bad")
    bad = region.get_by_role("group", name="bad", exact=True)
    expect(bad.get_by_role("alert")).to_contain_text("no such number")
    # The kernel knows all the same what passes.
    lab.kernel.run("grid.filters = {'bad': (20, None), 'score': (5, None)}")
    agree(lab, region)
    only(region, "score")
    slider(region, "score minimum").focus()
    lab.page.keyboard.press("ArrowRight")
    lab.kernel.until("grid.filters['score']['min'] == 6")
    agree(lab, region)


GAPS = """
dataset.update_metadata({i: {"depth": i / 10, "one": 7, "later": 1} for i in range(150)})
dataset.update_metadata({i: {"later": None} for i in range(150)})
"""
PRESENT = {"min": None, "max": None, "missing": False}


@pytest.mark.parametrize("key", ["depth", "one"])
def test_missing_values_can_be_kept_shut_out_or_be_all(lab, region, key):
    lab.kernel.run(GAPS)
    only(region, key)
    include = region.get_by_role("checkbox", name=f"{key} include missing")
    present = region.get_by_role("checkbox", name=f"{key} has a value")
    expect(include).to_be_checked()
    expect(present).not_to_be_checked()
    present.check()
    lab.kernel.until(f"grid.filters == {{{key!r}: {PRESENT}}}")
    assert agree(lab, region) == 150
    expect(include).not_to_be_checked()
    expect(region.get_by_title(f"{key} has a value")).to_be_visible()
    present.uncheck()
    lab.kernel.until("grid.filters == {}")
    include.uncheck()
    lab.kernel.until(f"grid.filters == {{{key!r}: {PRESENT}}}")
    expect(present).to_be_checked()
    region.get_by_role("button", name=f"{key} only missing").click()
    lab.kernel.until(f"grid.filters == {{{key!r}: {{'in': [None]}}}}")
    assert agree(lab, region) == 50
    group = region.get_by_role("group", name=key, exact=True)
    histogram = group.locator("svg[preserveAspectRatio]").bounding_box()
    veils = group.locator(".fg-veil").evaluate_all("all => all.map(veil => veil.clientWidth)")
    assert sum(veils) == pytest.approx(histogram["width"], abs=2)


OTHERS = """
values = {"kind": "a", "tags": ["x"], "story": "n" * 501, "box": {"of": "text"}, "day": True}
dataset.update_metadata({i: values for i in range(150)})
"""


def test_has_a_value_can_be_said_of_any_kind_of_key(lab, region):
    lab.kernel.run(OTHERS)
    for key in ("kind", "tags", "story", "box", "day"):
        only(region, key)
        present = region.get_by_role("checkbox", name=f"{key} has a value")
        present.check()
        lab.kernel.until(f"grid.filters == {{{key!r}: {PRESENT}}}")
        assert agree(lab, region) == 150
        value_box(region, key, "(missing)").check()
        lab.kernel.until(f"grid.filters == {{{key!r}: {{'in': [None]}}}}")
        expect(present).not_to_be_checked()
        assert agree(lab, region) == 50
        region.get_by_role("button", name=f"Remove filter {key}").click()
        lab.kernel.until("grid.filters == {}")


def test_a_slider_taken_up_from_has_a_value_goes_back_to_it(lab, region):
    lab.kernel.run(GAPS + f"grid.filters = {{'depth': {PRESENT}}}")
    only(region, "depth")
    thumb = slider(region, "depth minimum")
    place = thumb.bounding_box()
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    lab.page.mouse.move(x, y)
    lab.page.mouse.down()
    lab.page.mouse.move(x + 60, y, steps=5)
    lab.kernel.until("grid.filters['depth']['min']")
    lab.page.mouse.move(x - 20, y, steps=5)
    lab.page.mouse.up()
    lab.kernel.until(f"grid.filters == {{'depth': {PRESENT}}}")
    region.get_by_role("button", name="Remove filter depth").click()
    lab.kernel.until("grid.filters == {}")


def test_a_range_beyond_the_data_reads_forwards(lab, region):
    lab.kernel.run("grid.filters = {'loss': (1.9, None)}")
    only(region, "loss")
    expect(box(region, "loss minimum")).to_have_value("1.9")
    expect(box(region, "loss maximum")).to_have_value("and above")
    expect(status(region)).to_have_text("0 of 200 images")
    lab.kernel.run("dataset.update_metadata({3: {'loss': 2.5}})")
    expect(status(region)).to_have_text("1 of 200 images")
    expect(box(region, "loss maximum")).to_have_value("2.5")


def test_a_logarithmic_scale_is_offered_where_values_are_skewed(lab, region):
    lab.kernel.run("""
dataset.update_metadata({i: {
    "even": i / 200, "skewed": 60 ** dice.random(), "count": int(80 ** dice.random()) - 1,
    "profit": dice.choice([-1, 1, 1]) * 500 ** dice.random() if i % 9 else 0.0,
} for i in range(COUNT)})
""")
    for key, offered in {"even": 0, "skewed": 1, "count": 1, "profit": 1}.items():
        only(region, key)
        thumb = slider(region, f"{key} minimum")
        expect(thumb).to_be_visible()
        log = region.get_by_role("button", name=f"{key} logarithmic scale")
        expect(log).to_have_count(offered)
        if offered:
            log.click()
            expect(log).to_have_attribute("aria-pressed", "true")
            thumb.focus()
            for _ in range(5):
                lab.page.keyboard.press("PageUp")
            lab.kernel.until(
                f"grid.filters[{key!r}]['min'] == {thumb.get_attribute('aria-valuenow')}"
            )
            agree(lab, region)
            region.get_by_role("button", name=f"Reset {key}").click()


def test_keys_are_found_from_anywhere_in_a_long_list(lab, region):
    lab.kernel.run(
        "dataset.update_metadata("
        "{i: {f'key{n:02}': i + n for n in range(30)} for i in range(COUNT)})"
    )
    lab.kernel.run(GAPS)
    lab.kernel.run("grid.filters = {'key02': (20, None)}")
    scroller = region.locator(".fg-scroller")
    groups = scroller.get_by_role("group")
    expect(groups.last).to_have_attribute("aria-label", "later")
    scroller.evaluate("element => { element.scrollTop = element.scrollHeight; }")
    slider(region, "key02 minimum").wait_for(state="attached")
    region.get_by_role("button", name="Go to filter key02").click()
    expect(slider(region, "key02 minimum")).to_be_focused()
    expect(slider(region, "key02 minimum")).to_be_in_viewport()
    scroller.evaluate("element => { element.scrollTop = 900; }")
    region.get_by_role("searchbox", name="Search keys").fill("key")
    expect(scroller).to_have_js_property("scrollTop", 0)
