"""Pascal VOC: an XML file per image.

After the annotation files of the PASCAL Visual Object Classes challenge (Everingham et al. 2010).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from framegrid.dataset.imports.counting import Found, with_counts
from framegrid.dataset.imports.labels.xml_files import parsed, text_of
from framegrid.dataset.matching.path_ends import are_other_parts

Alike = Mapping[str, list[str]]
"""Paths of images by their last part."""


def read(place: Path, paths: Sequence[str]) -> Found:
    """The images of one file, or of all files below a folder; objects are counted by name.

    Args:
        place: the file or folder.
        paths: of all images of the dataset.
    """
    files = [place] if place.is_file() else sorted(place.rglob("*.xml"))
    alike = _by_name(paths)
    records, classes, broken = [], [], []
    for file in files:
        try:
            root = parsed(file)
        except (ParseError, ValueError, OSError) as error:
            broken.append(f"{file.name} is left out: {error}")
            continue
        if root.tag != "annotation":
            broken.append(f"{file.name} is left out: it is no annotation of Pascal VOC")
            continue
        records.append({"file_name": _name_of(root, alike)})
        classes.append([text_of(thing, "name") for thing in root.findall("object")])
    return Found(with_counts(records, classes), broken)


def _name_of(root: Element, alike: Alike) -> str | None:
    """The name of an image, with as much of its place as is needed to tell it from others.

    ``<folder>`` is often that of a collection (``VOC2012``) which no path has, so it counts where
    there are several images of the name, or one in a folder of another split.
    """
    name, folder, path = (text_of(root, tag) for tag in ("filename", "folder", "path"))
    if name is None:
        return path
    held = alike.get(_last_part(name), [])
    if not held:
        return name
    if len(held) == 1 and not (folder and are_other_parts(folder, _folder_of(held[0]))):
        return name
    if path is not None and _last_two(path) in map(_last_two, held):
        return path
    return f"{folder}/{name}" if folder else name


def _by_name(paths: Sequence[str]) -> Alike:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in paths:
        found[_last_part(path)].append(path)
    return found


def _last_part(path: str) -> str:
    return _last_two(path)[-1]


def _last_two(path: str) -> list[str]:
    return path.replace("\\", "/").split("/")[-2:]


def _folder_of(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[0]
