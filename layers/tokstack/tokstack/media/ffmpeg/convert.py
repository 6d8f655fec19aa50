"""The one way into the conversion engine."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from tokstack.media.ffmpeg import recording, slideshow
from tokstack.media.ffmpeg.material import Converted, Limits, Recording, Slideshow, Unchanged
from tokstack.media.ffmpeg.work import Progress, Work
from tokstack.media.formats import Format, Options


def convert(
    material: Recording | Slideshow,
    format: Format,
    options: Options,
    limits: Limits,
    folder: Path,
    *,
    progress: Callable[[float], None] = lambda _: None,
    writing: Callable[[Path], AbstractContextManager[None]] = lambda _: nullcontext(),
    seconds: float,
) -> Converted | Unchanged:
    """A checked file in `folder`, which is empty before and this call's own: what is left there besides is waste.

    `seconds` bound all of it. `progress` is told from 0 to 1, never back. `writing` goes around the
    writing of each file that may become the result and that grows to its end, but for its head, which comes last.
    """
    work = Work(folder, limits, time.monotonic() + seconds, Progress(progress), writing)
    if isinstance(material, Slideshow):
        return slideshow.convert(material, format, options, work)
    return recording.convert(material, format, options, work)
