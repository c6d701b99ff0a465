"""What the kernel answers; the frontend's tests hold the saved page to the same file."""

import json

import twins


def test_the_kernel_answers_as_the_file_says_that_the_page_does():
    made = json.loads(json.dumps(twins.made()))
    assert made == json.loads(twins.FILE.read_text())  # python tests/twins.py writes it anew
