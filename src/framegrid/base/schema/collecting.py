"""Garbage collection, where millions of objects are made that are no garbage."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collection_paused() -> Iterator[None]:
    """No garbage collection meanwhile: it would look at all that was made so far, again and again.

    What is made must hold no circles, as lists of numbers do not. It counts as old then, so that
    it is not looked at before the next full collection.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on and not gc.get_freeze_count():
            gc.freeze()
            gc.unfreeze()  # to the oldest generation
        if was_on:
            gc.enable()
