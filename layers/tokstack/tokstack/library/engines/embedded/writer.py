"""A writer's turn: on from one publication to the next, in a directory of its own.

What it writes are more blocks and more segments of tantivy's; the bucket sees nothing of it before it publishes. Then
the files go first, and the manifest that names them last: a writer that ends anywhere in between leaves files behind
that nobody names.
"""

import json
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from uuid import uuid4

import tantivy

from tokstack.errors import Code, TokstackError
from tokstack.library.engines.embedded import building, index, merging
from tokstack.library.engines.embedded.block import Block
from tokstack.library.engines.embedded.home import Home
from tokstack.library.engines.embedded.publication import Manifest, Publications, Published, failures
from tokstack.library.engines.embedded.stack import Stack
from tokstack.library.engines.embedded.tidying import TOO_LATE
from tokstack.library.entry import Entry

_TOGETHER = 20_000  # entries in a new block, which are in memory meanwhile
_STEEP = 3  # a block is larger than all the newer ones by this much, or they are merged
_HEAP, _THREADS = 160_000_000, 2


class EmbeddedWriter:
    """A Writer, alone in its home."""

    def __init__(self, publications: Publications, home: Home, base: Published, *, anew: bool = False) -> None:
        self._publications = publications
        self._home = home  # which is there as long as somebody holds it
        self.base = base
        begun = Manifest() if anew else base.manifest
        self._names = dict(begun.texts)  # tantivy's files that are in the bucket
        self._sizes = dict(begun.sizes)
        self._waiting: dict[int, Entry] = {}
        self._changed = anew
        with failures():
            self._texts = home.path / "texts"
            self._texts.mkdir()
            places = {name: home.path / name for name in begun.blocks}
            places |= {name: self._texts / called for called, name in begun.texts.items()}
            publications.pull(places, begun.sizes)
            if begun.texts:
                (self._texts / index.META).write_text(json.dumps(begun.segments))
            self._stack = Stack(Block(home.path / name) for name in begun.blocks)
            self._index = index.opened(self._texts)
        self._writer: tantivy.IndexWriter | None = None

    @property
    def clean(self) -> bool:
        """Whether it holds what is published and nothing else."""
        return not self._changed and not self._waiting

    def find(self, ids: Iterable[int]) -> Mapping[int, int]:
        wanted = list(ids)
        waiting = {id_: self._waiting[id_].version for id_ in wanted if id_ in self._waiting}
        return {**self._stack.find(wanted), **waiting}

    def write(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self._waiting[entry.id] = entry
            if len(self._waiting) >= _TOGETHER:
                self._settle()

    def publish(self) -> None:
        self._settle()
        if not self._changed:
            return
        self._commit()
        began_at = time.time()
        manifest, files = self._finished(round(began_at * 1000))
        self._publications.push(files)
        self._publications.retire(manifest.number, set(self.base.manifest.sizes) - set(manifest.sizes))
        if time.time() - began_at > TOO_LATE:
            raise TokstackError(Code.SERVICE_UNAVAILABLE, "The library took too long to publish.")
        self.base = self._publications.swap(self.base, manifest)
        self._names, self._sizes = dict(manifest.texts), dict(manifest.sizes)
        self._changed = False

    def _settle(self) -> None:
        """Makes a block of what waits, and hands it to tantivy."""
        if not self._waiting:
            return
        self._changed = True
        entries = [self._waiting[id_] for id_ in sorted(self._waiting)]
        replaced = self._stack.find(self._waiting)
        with index.guarded():
            writer = self._writer = self._writer or self._index.writer(_HEAP, _THREADS)
            for entry in entries:
                if entry.id in replaced:
                    index.delete(writer, entry.id)
                writer.add_document(index.document(entry))
        with failures():
            building.build(path := self._home.place(), entries)
            self._stack.add(Block(path))
            self._level()
        self._waiting = {}

    def _level(self) -> None:
        """Merges the newest blocks, as far down as one is not much larger than all that are on it."""
        layers = self._stack.layers
        start, above = len(layers) - 1, len(layers[-1].block)
        while start and len(layers[start - 1].block) < _STEEP * above:
            start -= 1
            above += len(layers[start].block)
        if start == len(layers) - 1:
            return
        merging.merge(path := self._home.place(), [(layer.block, layer.alive) for layer in layers[start:]])
        for layer in layers[start:]:
            layer.block.path.unlink()
        self._stack.replace(start, Block(path))

    def _commit(self) -> None:
        writer, self._writer = self._writer, None
        if writer is None:
            return
        with index.guarded():
            writer.commit()
            writer.wait_merging_threads()

    def _finished(self, now: int) -> tuple[Manifest, dict[str, Path]]:
        """What is to be published, and the files of it that are not in the bucket yet."""
        segments, live = index.live(self._texts)
        texts = {called: self._names.get(called) or uuid4().hex for called in live}
        places = {texts[called]: self._texts / called for called in live}
        places |= {block.path.name: block.path for block in self._stack}
        manifest = Manifest(
            number=self.base.manifest.number + 1,
            items=len(self._stack),
            published=now,
            segments=segments,
            texts=texts,
            blocks=tuple(block.path.name for block in self._stack),
            sizes={name: path.stat().st_size for name, path in places.items()},
        )
        return manifest, {name: path for name, path in places.items() if name not in self._sizes}
