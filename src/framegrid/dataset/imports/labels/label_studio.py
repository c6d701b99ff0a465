"""Label Studio's exports: tasks in JSON, with the results of their annotations.

After the description of its JSON formats in Label Studio's documentation ("Export annotations").
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from framegrid.dataset.imports.counting import Found, with_counts

_UPLOADED = re.compile(r"^.*/upload/(?:.*/)?(?:[0-9a-f]{8}-)?(?=[^/]+$)")
"""What Label Studio puts before the name of a file that was uploaded."""

_OF_REGIONS = ("rectanglelabels", "polygonlabels", "ellipselabels", "keypointlabels", "brushlabels",
               "labels", "hypertextlabels", "videorectangle")  # fmt: skip
_OF_IMAGES = ("choices", "rating", "number", "text", "datetime", "taxonomy")


def read(file: Path, field: str | None = None) -> Found:
    """The images of the tasks: regions are counted by label, answers about the image are keys.

    Args:
        file: the export.
        field: of the data of a task, what names its image; None for its file.

    Raises:
        ValueError: it is no list of tasks, or no task has `field`.
    """
    tasks = json.loads(file.read_text("utf-8-sig"))
    if not isinstance(tasks, list) or (tasks and not any(isinstance(t, dict) for t in tasks)):
        raise ValueError(f"{file} is no export of Label Studio: it is no list of tasks")
    named = [(_name_of(task, field) if isinstance(task, dict) else None, task) for task in tasks]
    if field is not None and not any(name is not None for name, _ in named):
        raise ValueError(f"{file}: no task has {field!r} in its data")
    kept = [(name, task) for name, task in named if name is not None]
    results = [list(_results(task)) for _, task in kept]
    answers = [_answers(found) for found in results]
    several = {name for each in answers for name, values in each.items() if len(values) > 1}
    unanswered = dict.fromkeys(name for each in answers for name in each)
    records = [
        {field or "file_name": name}
        | (unanswered if _is_annotated(task) else {})
        | _as_values(each, several)
        for (name, task), each in zip(kept, answers, strict=True)
    ]
    classes = [
        [label for _, label in _regions(found)] if _is_annotated(task) else None
        for (_, task), found in zip(kept, results, strict=True)
    ]
    left = len(named) - len(kept)
    notes = [f"{left:,} tasks have no image: left out"] if left else []
    if not any(classes):  # answers about whole images only
        return Found(records, notes)
    return Found(with_counts(records, classes), notes)


def _name_of(task: Mapping[str, Any], field: str | None) -> Any:
    """The path of a task's image as it was before it was uploaded; None if it has none."""
    data = task.get("data")
    source = data if isinstance(data, dict) else task
    if field is not None:
        return source.get(field)
    values = [value for value in source.values() if isinstance(value, str)]
    url = source.get("image") or next((v for v in values if "/" in v or "." in v), None)
    if not isinstance(url, str):
        return None
    local = parse_qs(urlsplit(url).query).get("d")  # /data/local-files/?d=folder/a.jpg
    if local:
        return local[0]
    return _UPLOADED.sub("", url)


def _is_annotated(task: Mapping[str, Any]) -> bool:
    return bool(task.get("annotations") or task.get("completions")) or "data" not in task


def _results(task: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The results of the first annotation of a task that counts; of a short export, its fields."""
    annotations = task.get("annotations") or task.get("completions") or []
    if "data" not in task:
        yield from _short_results(task)
        return
    valid = [a for a in annotations if isinstance(a, dict) and not a.get("was_cancelled")]
    for result in (valid[0].get("result") or []) if valid else []:
        if isinstance(result, dict) and isinstance(result.get("value"), dict):
            yield {"name": result.get("from_name"), **result["value"]}


def _short_results(task: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """JSON-MIN: regions are lists of values, answers are text or ``{"choices": [...]}``."""
    for name, value in task.items():
        if isinstance(value, list):
            yield from ({"name": name, **region} for region in value if isinstance(region, dict))
        elif isinstance(value, dict) and "choices" in value:
            yield {"name": name, **value}
        elif isinstance(value, str) and name in ("choice", "sentiment", "label"):
            yield {"name": name, "choices": [value]}


def _regions(results: list[dict[str, Any]]) -> Iterator[tuple[str, str | None]]:
    for result in results:
        kind = next((kind for kind in _OF_REGIONS if isinstance(result.get(kind), list)), None)
        if kind is not None:
            yield from ((kind, label) for label in result[kind] or [None])


def _answers(results: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """By the name of each question about the image, its answers."""
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for result in results:
        kind = next((kind for kind in _OF_IMAGES if kind in result), None)
        is_region = any(kind in result for kind in _OF_REGIONS)
        if kind is None or is_region or not isinstance(result.get("name"), str):
            continue
        value = result[kind]
        found[result["name"]] += value if isinstance(value, list) else [value]
    return dict(found)


def _as_values(answers: Mapping[str, list[Any]], several: AbstractSet[str]) -> dict[str, Any]:
    """The answers on an image: lists for questions that have several answers on any image."""
    kept = {name: values for name, values in answers.items() if values or name in several}
    return {name: values if name in several else values[0] for name, values in kept.items()}
