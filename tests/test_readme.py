"""The Python blocks of the README run as they stand, one after the other."""

import re
from pathlib import Path

import pandas as pd
import pytest

from object_store import Bucket, environment

README = Path(__file__).parents[1] / "README.md"
TEXT = README.read_text() if README.exists() else ""


def blocks():
    """Each block with the blank lines before it, so that a traceback shows the README's line."""
    for match in re.finditer(r"^```python\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE):
        line = TEXT.count("\n", 0, match.start(1))
        yield pytest.param("\n" * line + match.group(1), id=f"line {line + 1}")


@pytest.fixture(scope="module")
def workplace(tmp_path_factory, make_photos):
    """A folder with what the README takes for granted: photos, and a row per photo in each CSV."""
    folder = tmp_path_factory.mktemp("readme")
    names = sorted(path.name for path in make_photos(folder / "photos").iterdir())
    rows = pd.DataFrame(
        {
            "file_name": names,
            "temperature": [12.5 + number for number in range(len(names))],
            "city": ["Oslo", "Lisbon"] * (len(names) // 2),
        }
    )
    for name in re.findall(r"""["']([\w-]+\.csv)["']""", TEXT):
        rows.to_csv(folder / name, index=False)
    return folder


@pytest.fixture(scope="module", autouse=True)
def object_storage(s3, workplace):
    """The bucket that the README speaks of, with the same photos."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRAMEGRID_CACHE_DIR", str(workplace / "cache"))
        for name, value in environment(s3).items():
            patch.setenv(name, value)
        bucket = Bucket("bucket")
        for path in (workplace / "photos").iterdir():
            bucket.put(f"photos/{path.name}", path.read_bytes())
        yield


@pytest.fixture(scope="module")
def namespace():
    return {"__name__": "__main__"}


@pytest.mark.parametrize("block", [*blocks()])
def test_block(block, workplace, namespace, monkeypatch):
    monkeypatch.chdir(workplace)
    exec(compile(block, str(README), "exec"), namespace)
