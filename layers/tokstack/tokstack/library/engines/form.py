"""The form of an index: by it code tells whether it knows what an index holds, whichever the engine.

An index of another form is outdated. Nobody goes on writing it: it is made anew, of the log.
"""

from enum import StrEnum
from hashlib import sha256

from tokstack.errors import Code, TokstackError
from tokstack.library.entry import Area, Keyword, Number

# One more wherever an index that was written before would be misread or answer otherwise, though all names are the
# same: with another tokenizer, other facts in an entry, another layout of blocks, texts or manifest, another mapping.
_NUMBER = 1
_DIGITS = 16


def _digest(*vocabulary: type[StrEnum]) -> str:
    """Of the names; their order is nothing that an index knows."""
    names = sorted(f"{kind.__name__}.{name.value}" for kind in vocabulary for name in kind)
    return sha256("\n".join(names).encode()).hexdigest()[:_DIGITS]


FORM = f"{_NUMBER}-{_digest(Area, Keyword, Number)}"


def made_anew() -> TokstackError:
    """What is told until it has been."""
    return TokstackError(Code.SERVICE_UNAVAILABLE, "The library is being made anew.", retry_after=60)
