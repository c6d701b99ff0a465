"""Modules beside a user's notebook or script, for the functions of that user alone."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.machinery import ModuleSpec, PathFinder


class UserModules:
    """Where a worker finds the modules that a function of the user's imports.

    What the process that sent the function has from there comes from there, under its name; all
    else is looked for there last, so that nothing stands in for an installed module.

    Args:
        folders: where they are.
        names: of the modules that the sender has from there.
    """

    def __init__(self, folders: Sequence[str] = (), names: Sequence[str] = ()) -> None:
        self._folders = list(folders)
        self._names = frozenset(names)

    @contextmanager
    def importable(self) -> Iterator[None]:
        """Find them within the block."""
        sys.meta_path.insert(0, self)
        sys.path.extend(self._folders)
        try:
            yield
        finally:
            with suppress(ValueError):  # the function may have done with these what it liked
                sys.meta_path.remove(self)
            for folder in self._folders:
                with suppress(ValueError):
                    sys.path.remove(folder)

    def find_spec(
        self, name: str, path: object = None, _target: object = None
    ) -> ModuleSpec | None:
        """Find a module that the sender has from there, as the protocol of imports wants it."""
        if path is not None or name not in self._names:
            return None
        return PathFinder.find_spec(name, self._folders)
