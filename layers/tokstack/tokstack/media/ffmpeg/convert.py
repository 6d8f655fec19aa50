"""The one way into the conversion engine."""

import time
from collections.abc import Callable
from pathlib import Path

from tokstack.media.ffmpeg import recording, slideshow
from tokstack.media.ffmpeg.material import Converted, Limits, Recording, Slideshow
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
    seconds: float,
) -> Converted:
    """A checked file in `folder`, which is empty before and this call's own: what is left there besides is waste.

    `seconds` bound all of it. `progress` is told from 0 to 1, never back.
    """
    work = Work(folder, limits, time.monotonic() + seconds, Progress(progress))
    if isinstance(material, Slideshow):
        return slideshow.convert(material, format, options, work)
    return recording.convert(material, format, options, work)
