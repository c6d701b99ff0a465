"""What fails behind a grid is logged without paths: a notebook keeps what cells print."""

import logging

import pandas as pd
import pytest

import framegrid as fg
from framegrid.base import logs
from framegrid.grid.answers.answers import Answers
from framegrid.grid.widget.messages import Messenger

PATH = "/home/somebody/hidden-folder/a.jpg"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            OSError(13, "Permission denied", PATH),
            "PermissionError: [Errno 13] Permission denied: ...",
        ),
        (OSError(f"cannot read {PATH}"), "OSError"),
        (OSError(r"cannot read C:\hidden-folder\a.jpg"), "OSError"),
        (ValueError("s3://hidden-bucket/a.jpg is not allowed"), "ValueError"),
        (KeyError("score"), "KeyError: 'score'"),
        (ValueError(), "ValueError"),
        (ValueError("x" * 1000), f"ValueError: {'x' * 297}..."),
    ],
)
def test_paths_are_left_out(error, told):
    assert logs.without_paths(error) == told


def test_a_failed_request_prints_no_path_but_for_those_who_debug(monkeypatch, capsys, caplog):
    def fail():
        raise OSError(13, "Permission denied", PATH)

    root, replies = logging.getLogger(), []
    monkeypatch.setattr(root, "handlers", [])  # as Python sets logs up, without those of the tests
    dataset = fg.ImageDataset.from_dataframe(pd.DataFrame({"path": [PATH]}))
    messenger = Messenger(Answers(dataset), lambda content, _: replies.append(content))
    messenger._guard("1", fail)
    printed = capsys.readouterr().err
    assert "a request failed: PermissionError: [Errno 13] Permission denied: ..." in printed
    assert "hidden-folder" not in printed
    assert __file__ not in printed
    assert replies[0]["error"].startswith("PermissionError")
    monkeypatch.setattr(root, "handlers", [logging.StreamHandler()])
    caplog.set_level(logging.DEBUG, "framegrid")
    messenger._guard("1", fail)
    assert __file__ in capsys.readouterr().err
