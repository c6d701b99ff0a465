"""What the tests have worker processes do: they import it by its name."""

import os
import time

from framegrid.images.workers.serving import bounded


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


class Pictures:
    """What people hand to a data loader: it has a dataset, and opens images in the workers."""

    def __init__(self, dataset):
        self.dataset = dataset
        self.ids = dataset.df.index.tolist()

    def __len__(self):
        return len(self.ids)

    def __getitem__(self, index):
        sample = self.dataset.get_sample(self.ids[index])
        with sample.open() as image:
            return image.size, sample.metadata["rank"]


def loaded(items, index):
    return items[index]


def edited(dataset):
    try:
        dataset.get_sample(0).metadata["rank"] = 9
    except PermissionError as error:
        return str(error)
    return "edited"


def follow(dataset, wanted, seen):
    """Say when a value has come, which another process sets."""
    while dataset.get_sample(0).metadata["rank"] != wanted:
        pass
    seen.put(dataset.df["rank"].tolist())


def edit_at(place):
    with __import__("framegrid").ImageDataset.load(place) as dataset:
        dataset.get_sample(1).metadata["rank"] = 8
