"""Those who follow the changes of a dataset."""

import threading

import pytest

# Being followed


class Follower:
    def __init__(self, dataset):
        self.seen = []
        self.dataset = dataset
        self.unsubscribe = dataset.subscribe(self.follow)

    def follow(self):
        self.seen.append(self.dataset.revision)


def test_followers_hear_of_each_change_once(dataset):
    follower = Follower(dataset)
    dataset.get_sample(0).metadata["rank"] = 7
    dataset.update_metadata({0: {"rank": 8}, 1: {"rank": 9}})
    dataset.update_metadata({})
    assert follower.seen == [dataset.revision - 1, dataset.revision]
    follower.unsubscribe()
    follower.unsubscribe()
    dataset.drop_metadata("rank")
    assert len(follower.seen) == 2


def test_followers_are_not_kept_alive(dataset):
    import weakref

    follower = Follower(dataset)
    gone = weakref.ref(follower)
    del follower
    dataset.drop_metadata("rank")
    assert gone() is None


def test_a_refused_change_is_not_announced(dataset):
    follower = Follower(dataset)
    with pytest.raises(TypeError):
        dataset.get_sample(0).metadata["rank"] = "first"
    assert follower.seen == []


def test_a_follower_that_fails_stops_neither_the_change_nor_the_others(dataset):
    def fail():
        raise RuntimeError("no more room")

    dataset.subscribe(fail)
    follower = Follower(dataset)
    with pytest.warns(UserWarning, match="could not follow a change: RuntimeError.'no more room'"):
        dataset.get_sample(0).metadata["rank"] = 7
    assert (dataset.get_sample(0).metadata["rank"], len(follower.seen)) == (7, 1)


def test_followers_may_ask_from_another_thread(dataset):
    answers = []

    def ask_elsewhere():
        thread = threading.Thread(target=lambda: answers.append(len(dataset.df)))
        thread.start()
        thread.join(timeout=10)

    dataset.subscribe(ask_elsewhere)
    dataset.get_sample(0).metadata["rank"] = 7
    assert answers == [5]


def test_threads_lose_nothing(dataset):
    def count_up(key):
        metadata = dataset.get_sample(0).metadata
        for number in range(200):
            metadata[key] = number
            assert metadata[key] == number
            assert len(dataset.df) == 5

    threads = [threading.Thread(target=count_up, args=[f"key {n}"]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert dataset.get_sample(0).metadata == {"rank": 0, **{f"key {n}": 199 for n in range(4)}}


# Showing


def test_outside_of_a_notebook_it_shows_as_text(dataset, monkeypatch):
    import sys

    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    with pytest.raises(NotImplementedError):  # which has IPython show the text
        dataset._ipython_display_()


def test_in_a_notebook_it_shows_as_a_grid(dataset, monkeypatch):
    import ipykernel  # noqa: F401 - it is how a notebook can be told

    from framegrid.grid.widget import grid as widget

    shown = []
    monkeypatch.setattr(widget, "display", lambda bundle, **_: shown.append(bundle))
    dataset._ipython_display_()
    assert [min(bundle) for bundle in shown] == [
        "application/vnd.jupyter.widget-view+json",
        "text/html",
    ]
