"""New workers for a function when its source, or a layer's, has changed."""

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from local.functions import Function

_LOOK_SECONDS = 0.5


class Reloader:
    """Looks at every function's files; `renew` is called with the names of those whose files changed."""

    def __init__(self, functions: Iterable[Function], renew: Callable[[str], None]) -> None:
        self._folders = {function.name: (function.code, *function.layers) for function in functions}
        self._renew = renew
        self._stopped = threading.Event()
        threading.Thread(target=self._run, name="reload", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def _run(self) -> None:
        before = self._look()
        while not self._stopped.wait(_LOOK_SECONDS):
            now = self._look()
            for name, folders in self._folders.items():
                if any(now[folder] != before[folder] for folder in folders):
                    self._renew(name)
            before = now

    def _look(self) -> dict[Path, frozenset[tuple[Path, int]]]:
        folders = {folder for folders in self._folders.values() for folder in folders}
        return {folder: _stamps(folder) for folder in folders}


def _stamps(folder: Path) -> frozenset[tuple[Path, int]]:
    found = set()
    for path in folder.rglob("*.py"):
        try:
            found.add((path, path.stat().st_mtime_ns))
        except FileNotFoundError:  # an editor replaces a file by another
            continue
    return frozenset(found)
