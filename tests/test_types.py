"""The package's type hints, as a user's strict type checker sees them from outside."""

import subprocess
import sys

import pytest

GOOD = """
import pandas as pd
import framegrid as fg

def explore(folder: str) -> pd.DataFrame:
    with fg.ImageDataset.load_or_create("photos") as dataset:
        report: fg.IngestReport = dataset.add_images_from_path(folder, recursive=False)
        print(report.added, [path for path, reason in report.broken])
        for sample in dataset:
            sample.metadata["size"] = sample.width
            name: str = sample.file_name
            print(name, sample.metadata.get("size", 0))
        dataset.update_metadata({0: {"score": 0.5}})
        computed: fg.ComputeReport = dataset.compute_metadata(fg.features.sharpness)
        print(computed.failures, dataset.schema["score"].upper())
        grid: fg.Grid = dataset.show(sort="-score")
        grid.filters = {"score": (0.1, None)}
        grid.save_html("page.html", max_mb=5)
        chosen: list[int] = grid.selected
        return grid.filtered if chosen else dataset.df
"""


def check(code, folder):
    (folder / "user.py").write_text(code)
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", folder, "user.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("types")


def test_a_users_program_is_checked_without_complaint(folder):
    assert "Success: no issues found" in check(GOOD, folder)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("fg.ImageDataset.load('a').get_sample('b')", "incompatible type"),
        ("fg.ImageDataset.load('a').get_sample(1).width + 'px'", "Unsupported operand"),
        ("fg.ImageDataset.load('a', durabilty='power')", "Unexpected keyword"),
        ("fg.ImageDataset.load('a').add_pictures('b')", "has no attribute"),
    ],
)
def test_a_users_mistake_is_seen(folder, line, complaint):
    assert complaint in check(f"import framegrid as fg\n\n{line}\n", folder)
