"""What was asked for last is kept within a bound, also by a forked child."""

import os
import threading

import pytest

from framegrid.base.recent import Recent


def test_what_was_asked_for_longest_ago_goes():
    kept = Recent(10, size=len)
    kept.put("a", "1234")
    kept.put("b", "1234")
    assert kept.get("a") == "1234"
    kept.put("c", "123")
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == ("1234", None, "123")


def test_the_last_one_is_kept_whatever_it_takes():
    kept = Recent(2, size=len)
    assert kept.of("a", lambda: "12345") == "12345"
    assert kept.of("a", list) == "12345"
    kept.put("b", "1")
    assert kept.get("a") is None


def test_none_is_a_value_for_those_who_make_it():
    kept = Recent(2)
    assert kept.of("a", lambda: None) is None
    assert kept.of("a", lambda: 1) is None


def test_what_grows_counts_as_what_it_is():
    kept = Recent(4, size=len)
    grown = kept.of("a", list)
    grown.extend(range(5))
    kept.of("b", list)
    assert kept.get("a") is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_waits_for_no_thread_of_its_parent():
    kept, held, go_on = Recent(4), threading.Event(), threading.Event()

    def slow():
        held.set()
        go_on.wait()
        return 1

    thread = threading.Thread(target=kept.of, args=("a", slow))
    thread.start()
    held.wait()
    child = os.fork()
    if not child:
        kept.put("b", 2)
        os._exit(kept.get("b"))
    go_on.set()
    thread.join()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
