"""XML of labelling tools, which may come from a stranger."""

from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, fromstring

LARGEST = 1 << 30  # bytes


def parsed(file: Path) -> Element:
    """The root of an XML file.

    Raises:
        ParseError: it is no XML, or has entities of its own, which could grow without end.
        ValueError: it is too large.
    """
    size = file.stat().st_size
    if size > LARGEST:
        raise ValueError(f"{file} has {size:,} bytes; at most {LARGEST:,} are read as XML")
    content = file.read_bytes()
    if b"<!ENTITY" in content:
        raise ParseError("it declares entities")
    return fromstring(content)  # noqa: S314 - nothing in it grows


def text_of(element: Element, name: str) -> str | None:
    """The text of a child, without spaces around it; None if there is none."""
    text = element.findtext(name)
    return text.strip() or None if text else None
