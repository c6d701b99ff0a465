"""What the tests have worker processes do: they import it by its name."""

import os
import time

from framegrid.workers import bounded


def pid(_item):
    return os.getpid()


def die_of_two(number):
    if number == 2:
        os.abort()
    return number


def decode(seconds):
    with bounded():
        os.write(2, b"not heard")
        time.sleep(seconds[0])
    os.write(2, b"heard")
    time.sleep(seconds[1])
    return "done"


def decode_too_much(_item):
    with bounded():
        return bytes(4 << 30)


def is_memory_unbounded(_item):
    import resource

    return resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY
