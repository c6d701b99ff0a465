"""A number of a function's code: another one when the function would give something else.

It covers what is compiled, default values, and what the function takes from around it: values
(numbers, text, containers, arrays, objects of the user's own classes) and functions and classes of
the user's own modules, and of framegrid, with theirs. It ends at the standard library and installed
packages, which count by name; at other objects, such as models, which count by their class; at
what is imported within the function; and at variables that the code itself fills, as by ``append``.
"""

import dis
import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path, PurePath
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

_DEPTH, _MOST = 50, 100_000  # of what is looked at, so that no web of objects takes for ever
_PLAIN = (int, float, complex, str, bytes, bool, type(None), type(...), PurePath)
_FILLS = {"append", "add", "update", "extend", "insert", "setdefault", "pop", "clear", "remove"}
_FROM_AROUND = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_DEREF")
_BUILT_IN = ("", "builtins", *sys.builtin_module_names, *sys.stdlib_module_names)


def number_of_code(function: Any) -> int:
    """A number of 32 bits, the same in every process of one version of Python."""
    walk = _Walk()
    walk.take(function)
    return int.from_bytes(walk.digest.digest(), "little")


class _Walk:
    """Feeds what a function consists of into a digest."""

    def __init__(self) -> None:
        self.digest = blake2b(digest_size=4)
        self._seen: dict[int, Any] = {}  # by id, and kept, so that no other gets it
        self._depth = 0

    def take(self, value: Any) -> None:
        """Feed a value of any kind."""
        self._feed(type(value).__qualname__)
        if isinstance(value, _PLAIN):
            self._feed(repr(value))
        elif id(value) not in self._seen and self._depth < _DEPTH and len(self._seen) < _MOST:
            self._seen[id(value)] = value
            self._depth += 1
            for part in _parts(value):
                self.take(part)
            self._depth -= 1

    def _feed(self, text: str) -> None:
        self.digest.update(f"{len(text)}:{text}".encode("utf-8", "surrogatepass"))


def _parts(value: Any) -> Iterable[Any]:
    """What makes a value what it is."""
    match value:
        case FunctionType() | type() | ModuleType() | BuiltinFunctionType():
            return _named(value)
        case CodeType():
            flags = value.co_flags & 0xFFFF
            parts = value.co_code, value.co_exceptiontable, value.co_names, value.co_argcount
            return (*parts, flags, value.co_consts)
        case MethodType():
            return value.__func__, value.__self__
        case partial():
            return value.func, value.args, value.keywords
    return _content(value)


def _content(value: Any) -> Iterable[Any]:
    """What a value holds; of others than the user's own that is their class."""
    match value:
        case list() | tuple():
            return value
        case set() | frozenset() | Mapping():
            return sorted(value.items() if isinstance(value, Mapping) else value, key=repr)
        case np.ndarray() if value.dtype.kind != "O":
            return str(value.dtype), value.shape, value.tobytes()
        case np.generic():
            return (repr(value.item()),)
        case re.Pattern():
            return value.pattern, value.flags
    is_users = hasattr(value, "__dict__") and _is_users(type(value).__module__)
    return type(value), *(sorted(vars(value).items()) if is_users else ())


def _named(value: Any) -> Iterator[Any]:
    module = str(getattr(value, "__module__", None) or getattr(value, "__name__", ""))
    if not isinstance(value, FunctionType):
        yield from (module, getattr(value, "__qualname__", ""))
    if isinstance(value, FunctionType) and _is_own(module):
        yield from _of_function(value)
    elif isinstance(value, type) and _is_users(module):
        own = {name: part for name, part in vars(value).items() if not name.startswith("__w")}
        kinds = (FunctionType, staticmethod, classmethod, property, *_PLAIN)
        parts = ((name, _bare(own[name])) for name in sorted(own) if isinstance(own[name], kinds))
        yield from (part for part in parts if part[0] not in {"__module__", "__doc__"})
        yield from value.__bases__
    elif isinstance(value, FunctionType):
        yield from (module, value.__qualname__)


def _bare(member: Any) -> Any:
    if isinstance(member, property):
        return member.fget
    return getattr(member, "__func__", member)


def _of_function(function: FunctionType) -> Iterator[Any]:
    code = function.__code__
    consts = code.co_consts
    if consts and isinstance(consts[0], str) and consts[0] == function.__doc__:
        code = code.replace(co_consts=(None, *consts[1:]))
    yield from (code, function.__defaults__, function.__kwdefaults__)
    filled = _filled(function.__code__)
    around = dict(zip(code.co_freevars, function.__closure__ or (), strict=True))
    for name, cell in around.items():
        if name not in filled:
            yield from (name, _in_cell(cell))
    for name, *attributes in sorted(_globals(code)):
        if name in function.__globals__ and name not in filled:
            yield from (name, _reached(function.__globals__[name], attributes))


def _in_cell(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # it is empty, as of a function that is being defined
        return None


def _codes(code: CodeType) -> Iterator[CodeType]:
    """A code and those within it."""
    yield code
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield from _codes(const)


def _globals(code: CodeType) -> set[tuple[str, ...]]:
    """The globals that a code names, each with the attribute that it takes of it, if any."""
    found: set[tuple[str, ...]] = set()
    for inner in _codes(code):
        steps = [step for step in dis.get_instructions(inner) if step.opname != "PRECALL"]
        for step, after in pairwise([*steps, steps[-1]]):
            if step.opname in _FROM_AROUND[:2]:
                takes = after.opname in ("LOAD_ATTR", "LOAD_METHOD")
                found.add((str(step.argval), str(after.argval)) if takes else (str(step.argval),))
    return found


def _reached(value: Any, attributes: list[str]) -> Any:
    """An attribute of a module of the user's own, for which it is asked; else the value itself."""
    if attributes and isinstance(value, ModuleType) and _is_own(value.__name__):
        return getattr(value, attributes[0], None)
    return value


def _filled(code: CodeType) -> set[str]:
    """The names from around that a code fills: by a method that does, or item by item."""
    found = set()
    for inner in _codes(code):
        steps = list(dis.get_instructions(inner))
        for place, step in enumerate(steps):
            fills = step.opname in ("LOAD_ATTR", "LOAD_METHOD") and step.argval in _FILLS
            before = steps[max(0, place - (1 if fills else 3)) : place]
            if fills or step.opname == "STORE_SUBSCR":
                found |= {str(s.argval) for s in before if s.opname in _FROM_AROUND}
    return found


def _root(module: str) -> str:
    return module.partition(".")[0]


def _is_users(module: str) -> bool:
    return _is_own(module) and _root(module) != "framegrid"


@cache
def _is_own(module: str) -> bool:
    """Whether a module is the user's own, or ours, and neither Python's nor installed."""
    root = _root(module)
    if root in ("__main__", "framegrid"):
        return True
    file = getattr(sys.modules.get(module), "__file__", None)
    if root in _BUILT_IN or file is None:
        return False
    places = (sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib"))
    return not any(Path(place) in Path(file).parents for place in places)
