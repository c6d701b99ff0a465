"""What NumPy counts of two keys; the frontend's tests hold the engine to the same file."""

import json

import planes


def test_numpy_counts_what_the_file_says_that_the_engine_does():
    made = json.loads(json.dumps(planes.made()))
    assert made == json.loads(planes.FILE.read_text())  # python tests/planes.py writes it anew
