"""YOLO: a text file per image, a line per object, which begins with the number of its class.

The file of ``images/train/1.jpg`` is ``labels/train/1.txt``; names of classes stand in
``data.yaml``, ``classes.txt`` or ``obj.names``. After Ultralytics' description of the format.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

from framegrid.dataset.imports.counting import Found, with_counts

_LINE = re.compile(r"\s*\d+(\s+[-+.\deE]+){4,}\s*")
_NAMES = ("classes.txt", "obj.names", "predefined_classes.txt", "labels.txt")
_YAML = re.compile(
    r"^names\s*:\s*(?P<inline>\[.*?\]|\{.*?\})?\s*(?:#.*)?$", re.MULTILINE | re.DOTALL
)
_ITEM = re.compile(r"""^\s*(?:-|(?P<number>\d+)\s*:)\s*(?P<name>"[^"]*"|'[^']*'|[^#\n]*)""")
_LARGEST = 16 << 20  # bytes of the labels of one image
_DEPTH = 3  # folders above the labels that may have the names of the classes

Ends = Mapping[tuple[str, ...], list[str]]
"""Paths of images by their last parts, without the extension."""


def is_line(text: str) -> bool:
    """Whether a line is an object of YOLO: a class, and at least four numbers."""
    return _LINE.fullmatch(text) is not None


def read(place: Path, paths: Sequence[str], classes: Sequence[str] | None) -> Found:
    """The images whose labels stand in a file, or in all files below a folder.

    Args:
        place: the file or folder.
        paths: of all images of the dataset.
        classes: names of the classes, in order; None to look for them.
    """
    root = place if place.is_dir() else place.parent
    files = sorted(root.rglob("*.txt")) if place.is_dir() else [place]
    files = [file for file in files if file.name not in _NAMES]
    names = dict(enumerate(classes)) if classes is not None else _found_names(root)
    parts = {file: _parts_of(file, root) for file in files}
    ends = _by_ends(paths, set(map(len, parts.values())))
    records, counted, notes = [], [], []
    for file in files:
        numbers, wrong = _numbers(file)
        if wrong:
            notes.append(f"{file.name}: {wrong:,} lines are no objects: left out")
        found = ends.get(parts[file], [])
        name = found[0] if len(found) == 1 else str(file.relative_to(root))
        records.append({"file_path_abs": name})
        counted.append([names.get(number, number) for number in numbers])
    if not names and any(counted):
        notes.append("no names of classes were found: pass classes=[...], or count.0 is class 0")
    return Found(with_counts(records, counted, names.values()), notes)


def _numbers(file: Path) -> tuple[list[int], int]:
    """The class of each object of a file, and how many lines are none."""
    if file.stat().st_size > _LARGEST:
        return [], 1
    lines = [line for line in file.read_text("utf-8-sig", "replace").splitlines() if line.strip()]
    found = [line for line in lines if is_line(line)]
    return [int(line.split()[0]) for line in found], len(lines) - len(found)


def _parts_of(file: Path, root: Path) -> tuple[str, ...]:
    """The folders below ``labels``, or below the folder that is read, and the name of the image."""
    above = file.absolute().parent.parts
    if "labels" in above:
        folders = above[len(above) - above[::-1].index("labels") :]
    else:
        folders = file.parent.relative_to(root).parts
    return (*folders, file.stem)


def _by_ends(paths: Sequence[str], lengths: set[int]) -> Ends:
    """Paths by their last parts, as many as are asked for."""
    ends: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for path in paths:
        pure = PurePath(path)
        parts = (*pure.parent.parts, pure.stem)
        for length in lengths:
            ends[parts[-length:]].append(path)
    return ends


def _found_names(root: Path) -> dict[int, str]:
    """Names of the classes by number, from a file in the folder of the labels or above it."""
    for folder in (root, *list(root.resolve().parents)[:_DEPTH]):
        for file in (*(folder / name for name in _NAMES), *sorted(folder.glob("*.y*ml"))):
            if file.is_file() and (names := _names_in(file)):
                return names
    return {}


def _names_in(file: Path) -> dict[int, str]:
    text = file.read_text("utf-8-sig", "replace")
    if file.suffix.lower() not in (".yaml", ".yml"):
        return dict(enumerate(line.strip() for line in text.splitlines() if line.strip()))
    match = _YAML.search(text)
    if match is None:
        return {}
    if inline := match["inline"]:
        items = re.split(r",\s*", inline[1:-1].strip())
        lines = [item if re.match(r"\d+\s*:", item) else f"- {item}" for item in items if item]
    else:
        lines = text[match.end() :].lstrip("\n").splitlines()
    return _names_of_lines(lines)


def _names_of_lines(lines: Sequence[str]) -> dict[int, str]:
    names: dict[int, str] = {}
    for line in lines:
        item: Any = _ITEM.match(line)
        if item is None:
            break
        number = int(item["number"]) if item["number"] else len(names)
        names[number] = item["name"].strip().strip("\"'")
    return names
