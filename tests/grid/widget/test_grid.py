"""The widget: traits that validate, and the DataFrames on the other side."""

import copy
import dataclasses
import json
import pickle
import subprocess
import sys
import threading
import time

import pytest

import framegrid as fg
from framegrid.grid import protocol
from framegrid.grid.widget.throttle import Throttle
from waiting import wait_until


@pytest.fixture
def dataset(photos):
    with fg.ImageDataset.create("grid") as dataset:
        dataset.add_images_from_path(photos)
        dataset.update_metadata(
            [(sample.sample_id, {"temperature": 10.0 + sample.sample_id}) for sample in dataset]
        )
        dataset.get_sample(0).metadata["weather"] = "sunny"
        yield dataset


@pytest.fixture
def grid(dataset):
    grid = fg.Grid(dataset)
    yield grid
    grid.close()


def test_short_forms_become_conditions(grid):
    grid.filters = {"temperature": (11, None), "weather": ["sunny", None]}
    assert grid.filters == {
        "temperature": {"min": 11, "max": None, "missing": False},
        "weather": {"in": ["sunny", None]},
    }


def test_filtered_holds_matching_rows_in_grid_order(grid, dataset):
    grid.filters = {"temperature": (11, 12)}
    grid.sort = "-temperature"
    assert list(grid.filtered.index) == [2, 1]
    assert list(dataset.df.query(grid.query).index) == [1, 2]


def test_the_sheet_of_a_shown_grid_takes_no_column(grid, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError

    displayed = []
    monkeypatch.setitem(sys.modules, "ipykernel", sys)
    monkeypatch.setattr(
        "framegrid.grid.widget.grid.display", lambda *made, **_: displayed.extend(made)
    )
    monkeypatch.setattr("pandas.DataFrame.take", refuse)
    grid.filters = {"temperature": (11, 12)}
    grid._ipython_display_()
    assert "grid: 2 of 6 images" in displayed[-1]["text/html"]


def test_selection_follows_grid_order(grid):
    grid.sort = "-temperature"
    grid.selected = [0, 2]
    assert list(grid.selection.index) == [2, 0]


@pytest.mark.parametrize(
    ("trait", "value", "error", "message"),
    [
        ("filters", {"humidity": (1, 2)}, KeyError, "humidity"),
        ("filters", {"temperature": ["a"]}, ValueError, "temperature"),
        ("sort", "humidity", KeyError, "humidity"),
        ("captions", ["humidity"], KeyError, "humidity"),
        ("selected", [99], KeyError, "99"),
        ("active", 99, KeyError, "99"),
        ("thumbnail_size", 5, ValueError, "between 48 and 512"),
        ("height", 5, ValueError, "between 240 and 4000"),
    ],
)
def test_a_wrong_trait_is_refused_and_changes_nothing(grid, trait, value, error, message):
    before = getattr(grid, trait)
    with pytest.raises(error, match=message):
        setattr(grid, trait, value)
    assert getattr(grid, trait) == before


def test_unknown_keywords_name_the_traits(dataset):
    with pytest.raises(TypeError, match="'filter' is no trait of a grid: did you mean 'filters'"):
        fg.Grid(dataset, filter={})


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("filter", "did you mean 'filters'"),
        ("sorted", "did you mean 'sort'"),
        ("thumbnail_sise", "did you mean 'thumbnail_size'"),
        ("zzz", "there are active, caption_keys, captions, compared, cut, fill"),
        ("filtered", "grid.filtered follows from the traits"),
        ("dataset", "grid.dataset follows from the traits"),
    ],
)
def test_an_attribute_that_is_no_trait_is_refused_with_a_suggestion(grid, name, hint):
    with pytest.raises(AttributeError, match=hint):
        setattr(grid, name, {"temperature": (11, 12)})
    assert name not in vars(grid)


def test_the_dataset_of_a_grid_is_at_hand(grid, dataset):
    assert grid.dataset is dataset
    shown = fg.show(dataset.df.reset_index())
    assert shown.dataset.df["file_name"].tolist() == dataset.df["file_name"].tolist()
    shown.close()


CHANGES_IN_PLACE = [
    "grid.filters['temperature'] = (10, 14)",
    "grid.filters.update(temperature=(10, 14))",
    "grid.filters.update({'weather': ['sunny']})",
    "grid.filters.setdefault('weather', ['sunny'])",
    "grid.filters.pop('temperature')",
    "grid.filters.popitem()",
    "del grid.filters['temperature']",
    "grid.filters.clear()",
    "grid.filters['temperature']['min'] = 10",
    "grid.filters['temperature'].pop('missing')",
    "grid.filters['weather']['in'].append('rain')",
    "grid.captions.append('weather')",
    "grid.captions.extend(['weather'])",
    "grid.captions.insert(0, 'weather')",
    "grid.captions.remove('temperature')",
    "grid.captions[0] = 'weather'",
    "del grid.captions[0]",
    "grid.captions.sort(reverse=True)",
    "grid.captions.reverse()",
    "grid.captions.clear()",
    "grid.captions *= 2",
    "grid.selected.append(2)",
    "grid.selected.pop()",
    "grid.selected[0] = 2",
]


@pytest.mark.parametrize("change", CHANGES_IN_PLACE)
def test_a_trait_is_not_changed_in_place_and_says_what_to_write(grid, change):
    grid.filters = {"temperature": (11, 12), "weather": ["sunny", None]}
    grid.captions, grid.selected = ["temperature"], [0, 1]
    before = (grid.filters.copy(), grid.captions.copy(), grid.selected.copy())
    with pytest.raises(TypeError, match="write grid") as refusal:
        exec(change, {"grid": grid})
    assert (grid.filters, grid.captions, grid.selected) == before
    trait = change.removeprefix("del ")[5:].split(".")[0].split("[")[0].split(" ")[0]
    advice = str(refusal.value).split("write ")[1]
    assert advice.startswith(f"grid.{trait} = ")
    exec(advice, {"grid": grid})


def test_new_grids_start_with_traits_that_cannot_be_changed_in_place(grid):
    for change in ("filters['width'] = 1", "captions.append('width')", "selected.append(0)"):
        with pytest.raises(TypeError, match="cannot be changed in place"):
            exec(f"grid.{change}", {"grid": grid})
    assert (grid.filters, grid.captions, grid.selected) == ({}, [], [])


def test_values_of_traits_are_plain_for_whoever_takes_them_along(grid):
    grid.filters = {"temperature": (11, 12), "weather": ["sunny", None]}
    grid.captions, grid.selected = ["temperature"], [0, 1]
    for value in (grid.filters, grid.captions, grid.selected):
        copies = [
            pickle.loads(pickle.dumps(value)),
            copy.copy(value),
            copy.deepcopy(value),
            value.copy(),
            json.loads(json.dumps(value)),
        ]
        assert copies == [value] * 5
        assert {type(taken) for taken in copies} <= {dict, list}
    taken = grid.filters.copy()
    taken["weather"]["in"].append("rain")
    grid.filters = taken
    assert grid.filters["weather"] == {"in": ["sunny", None, "rain"]}


def test_operators_that_assign_do_assign(grid):
    grid.filters |= {"temperature": (11, 12)}
    grid.captions += ["weather"]
    grid.selected += [3]
    assert list(grid.filters) == ["temperature"]
    assert (grid.captions, grid.selected) == (["weather"], [3])
    assert len(grid.filtered) == 2


def test_what_the_browser_sends_wrong_is_shown_there(grid, monkeypatch):
    notices = []
    monkeypatch.setattr(grid._messenger, "notice", lambda text, **_: notices.append(text))
    grid.set_state({"filters": {"humidity": {"min": 1, "max": 2, "missing": False}}})
    assert "humidity" in notices[0]
    assert grid.filters == {}


def test_a_change_of_the_dataset_is_pushed(grid, dataset):
    revisions = []
    grid.observe(lambda change: revisions.append(change.new), "_revision")
    dataset.get_sample(0).metadata["humidity"] = 0.5
    assert revisions == [dataset.revision]


def test_what_is_gone_from_the_dataset_leaves_the_traits(grid, dataset):
    grid.filters = {"weather": ["sunny"]}
    grid.sort, grid.captions = "weather", ["weather", "temperature"]
    grid.selected, grid.active = [0, 1], 0
    dataset.drop_metadata("weather")
    dataset.remove_samples([0])
    grid._follow()
    assert (grid.filters, grid.sort, grid.captions) == ({}, "", ["temperature"])
    assert (grid.selected, grid.active) == ([1], None)


def test_what_stands_on_a_key_follows_it_to_another_name(grid, dataset):
    dataset.update_metadata({0: {"gps": {"lat": 1.5}, "-sign": 1}})
    grid.filters = "weather == 'sunny' and gps.lat > 1 and temperature < width + gps.lat"
    grid.captions, grid.sort = ["weather", "gps.lat"], "--sign"
    dataset.rename_metadata("temperature", "degrees C")
    dataset.rename_metadata("weather", "sky")
    dataset.rename_metadata("gps", "place")
    dataset.rename_metadata("-sign", "+sign")
    assert list(grid.filtered.index) == [0]
    assert grid.filters == {
        "sky": {"in": ["sunny"]},
        "place.lat": {"min": 1.0000000000000002, "max": None, "missing": False},
        "": {"query": "`degrees C` < width + place.lat"},
    }
    assert (grid.captions, grid.sort) == (["sky", "place.lat"], "-+sign")


def test_keys_can_trade_their_names(grid, dataset):
    dataset.update_metadata({0: {"humidity": 1.0}})
    grid.filters = {"humidity": (1, 2)}
    for old, new in [("temperature", "t"), ("humidity", "temperature"), ("t", "humidity")]:
        dataset.rename_metadata(old, new)
    assert list(grid.filtered.index) == [0]
    assert list(grid.filters) == ["temperature"]
    dataset.undo(3)
    assert list(grid.filtered.index) == [0]
    assert list(grid.filters) == ["humidity"]


def test_what_goes_with_its_key_is_told(grid, dataset, monkeypatch):
    notices = []
    monkeypatch.setattr(grid._messenger, "notice", notices.append)
    grid.filters = "weather == 'sunny' and width < temperature"
    grid.captions, grid.sort = ["weather", "temperature"], "-weather"
    dataset.drop_metadata("weather")
    assert grid.query == "width < temperature"
    gone = "the filter weather, the caption weather, the sort by weather"
    assert notices == [f"Removed, as the dataset's keys have changed: {gone}."]


def test_two_grids_of_one_dataset_are_independent(grid, dataset):
    other = fg.Grid(dataset, filters={"temperature": (10, 10)})
    grid.filters = {"temperature": (11, 12)}
    assert len(other.filtered) == 1
    assert len(grid.filtered) == 2


def test_show_takes_a_dataset_or_a_frame(dataset):
    assert isinstance(dataset.show(thumbnail_size=64), fg.Grid)
    assert fg.show(dataset.df).filtered.index.equals(dataset.df.index)


def test_a_value_is_pushed_without_a_look_at_the_whole_table(grid, dataset, monkeypatch):
    assert len(grid.filtered)
    made = []
    view = fg.ImageDataset.view
    monkeypatch.setattr(fg.ImageDataset, "view", lambda self: made.append(1) or view(self))
    dataset.get_sample(0).metadata["temperature"] = 99.0
    wait_until(lambda: grid._revision == dataset.revision)
    assert made == []
    dataset.rename_metadata("temperature", "heat")
    wait_until(lambda: grid._revision == dataset.revision)
    assert made


def test_throttle_runs_at_once_and_after_the_last_call():

    ran = threading.Semaphore(0)
    throttle = Throttle(ran.release, interval=0.02)
    for _ in range(50):
        throttle()
    assert ran.acquire(timeout=5)
    assert ran.acquire(timeout=5)
    throttle.cancel()


def burn(seconds):
    start = time.thread_time()
    while time.thread_time() < start + seconds:
        pass


def test_throttle_waits_for_what_the_action_led_to():
    times = [time.monotonic()]
    throttle = Throttle(lambda: times.append(time.monotonic()), interval=0.001, share=0.1)
    throttle()
    led_to = threading.Thread(target=burn, args=[0.03])
    led_to.start()
    led_to.join()
    throttle()
    wait_until(lambda: len(times) >= 3)
    assert times[2] - times[1] >= 0.3


def test_throttle_never_waits_long():
    ran = threading.Semaphore(0)
    throttle = Throttle(ran.release, interval=0.001, share=1e-9)
    for _ in range(2):
        throttle()
        assert ran.acquire(timeout=20)


def test_an_edit_of_another_process_is_pushed(grid, dataset):
    seen = threading.Event()
    grid.observe(lambda _change: seen.set(), "_revision")
    edit = (
        f"import framegrid as fg; dataset = fg.ImageDataset.load({str(dataset.path)!r});"
        "dataset.get_sample(0).metadata['humidity'] = 0.5"
    )
    subprocess.run([sys.executable, "-c", edit], check=True)
    assert seen.wait(timeout=20)
    assert dataset.get_sample(0).metadata["humidity"] == 0.5


def test_selected_takes_an_index_and_keeps_each_id_once(grid, dataset):
    grid.selected = dataset.df.index[[2, 1]]
    assert grid.selected == [2, 1]
    grid.selected = [1, 1, 0]
    assert grid.selected == [1, 0]


def test_a_grid_shows_datasets_only():
    with pytest.raises(TypeError, match=r"not 'photos': use fg\.show"):
        fg.Grid("photos")


ASKED = {field.name for field in dataclasses.fields(protocol.Code)}


class Shell:
    def __init__(self, **names):
        self.user_ns = names


def test_copied_code_uses_the_name_that_the_grid_has(grid, dataset, monkeypatch):
    names = {"_": grid, "other": fg.Grid(dataset), "cats": grid, "again": grid}
    monkeypatch.setattr("IPython.get_ipython", lambda: Shell(**names))
    replies = []
    monkeypatch.setattr(grid._messenger, "_send", lambda content, _: replies.append(content))
    state = {name: value for name, value in grid.get_state().items() if name in ASKED}
    ask = {"type": "code", "id": "1", "of": "view", **state}
    grid._messenger.receive(ask)
    monkeypatch.setattr("IPython.get_ipython", lambda: None)
    grid._messenger.receive(ask)
    assert [reply["ok"]["code"].split(".")[0] for reply in replies] == ["cats", "grid"]
