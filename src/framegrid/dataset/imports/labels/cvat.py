"""CVAT's "CVAT for images" export: an XML file with an element per image.

After the description of the format in CVAT's documentation ("CVAT for images 1.1").
"""

from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from framegrid.dataset.imports.counting import Found, with_counts
from framegrid.dataset.imports.labels.xml_files import parsed

_SHAPES = frozenset(
    {"box", "polygon", "polyline", "points", "cuboid", "ellipse", "mask", "skeleton"}
)


def read(file: Path) -> Found:
    """The images: shapes are counted by label, tags are ``True`` where they are set.

    Raises:
        ParseError: it is no XML.
        ValueError: it has no images, as the export of a video.
    """
    root = parsed(file)
    images = root.findall("image")
    if not images and root.find("track") is not None:
        raise ValueError(f'{file} is of a video: export it as "CVAT for images"')
    kept = [image for image in images if image.get("name")]
    tags = sorted({tag.get("label", "") for image in kept for tag in image.findall("tag")} - {""})
    records = [_record(image, tags) for image in kept]
    classes = [[shape.get("label") for shape in image if shape.tag in _SHAPES] for image in kept]
    left = len(images) - len(kept)
    notes = [f"{left:,} images have no name: left out"] if left else []
    if not any(classes) and tags:
        return Found(records, notes)
    return Found(with_counts(records, classes), notes)


def _record(image: Element, tags: list[str]) -> dict[str, Any]:
    there = {tag.get("label") for tag in image.findall("tag")}
    record: dict[str, Any] = {"file_name": image.get("name")}
    if subset := image.get("subset"):
        record["subset"] = subset
    return record | {tag: tag in there for tag in tags}
