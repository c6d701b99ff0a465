"""What several tests of undo share."""

from datetime import UTC, datetime

# Datasets

VALUES = {
    "count": [1, 2, None],
    "score": [0.5, None, 1.5],
    "label": ["cat", "dög", None],
    "tags": [["a"], [], None],
    "gps": [{"lat": 1.5}, None, {}],
    "sent": [datetime(2024, 1, 1, tzinfo=UTC), None, None],
}


def content(dataset):
    return list(dataset.schema.items()), [repr(sample) for sample in dataset]


def set_values(dataset, sample_id=0, **values):
    dataset.get_sample(sample_id).metadata.update(values)


EDITS = {
    "set": lambda ds: set_values(ds, score=2.5),
    "set lists and dicts": lambda ds: set_values(ds, tags=["b", 1], gps={"lat": 2}),
    "set what was missing": lambda ds: set_values(ds, 2, label="x", tags=[1]),
    "set a new key": lambda ds: set_values(ds, new="x", score=None),
    "remove": lambda ds: set_values(ds, score=None, tags=None, sent=None),
    "turn integers into floats": lambda ds: set_values(ds, 1, count=0.5),
    "update": lambda ds: ds.update_metadata({0: {"label": "x"}, 2: {"rank": 1, "gps": {"a": 1}}}),
    "update to floats": lambda ds: ds.update_metadata({0: {"count": 0.5}, 1: {"count": None}}),
    "update all": lambda ds: ds.update_metadata(ds.df[["score"]] * 2),
    "rename": lambda ds: ds.rename_metadata("label", "name"),
    "drop": lambda ds: ds.drop_metadata("label"),
    "cast": lambda ds: ds.cast_metadata("count", "string"),
    "rename in case alone": lambda ds: ds.rename_metadata("count", "Count"),
    "remove samples": lambda ds: ds.remove_samples([2, 0]),
}
