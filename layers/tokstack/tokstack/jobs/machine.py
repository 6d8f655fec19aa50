"""What each step of the media machine does (statemachines/media.asl.json), by a job's id.

Whatever goes wrong leaves a step as one of the errors of errors.py: the machine knows them by name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tokstack.errors import TokstackError
from tokstack.jobs import errors
from tokstack.jobs.progress import DOWNLOAD, Progress
from tokstack.media.source import Source
from tokstack.media.storage import Stored
from tokstack.observability import logger
from tokstack.table import table


def resolve(job_id: str) -> dict[str, Any]:
    """`files`, each an event for `download` but for the job, and `convert`: whether that step is needed."""
    from tokstack.jobs import store
    from tokstack.jobs.resolve import resolver

    with errors.told():
        plan = resolver().resolve(job_id)
        work = store.found(table(), job_id).work
    parts = len(plan.files)
    files = [
        {"site": work.subject.site, "post_id": work.subject.id, "rendition": file.name, "part": [number, parts]}
        for number, file in enumerate(plan.files)
    ]
    return {"files": files, "convert": work.format is not None}


def download(job_id: str, source: Source, part: Sequence[int]) -> Stored:
    """Brings one file into storage; `part` says which of how many it is."""
    number, parts = part
    progress = Progress(table(), job_id, DOWNLOAD, (number, parts))
    with errors.told():
        stored = _fetch(job_id, source, progress)
    if stored is None:
        raise errors.BusyError(source.path)
    return stored


def _fetch(job_id: str, source: Source, progress: Progress) -> Stored | None:
    """The file, or the next best one where it leads nowhere."""
    from tokstack.jobs.resolve import resolver
    from tokstack.media.fetch import fetcher

    while True:
        try:
            return fetcher().fetch(source, progress)
        except TokstackError as error:
            other = resolver().instead(job_id, source.rendition) if error.passing else None
            if other is None:
                raise
            logger.info("another file instead", extra={"missed": source.path, "taken": other, "cause": str(error)})
            source = replace(source, rendition=other)


def convert(job_id: str, seconds: float) -> None:
    """Makes the result of what is in storage, within `seconds`."""
    from tokstack.jobs.convert import converter

    with errors.told():
        converter().convert(job_id, seconds)


def finish(job_id: str) -> None:
    """Ends the job as a success."""
    from tokstack.jobs.finish import finisher

    with errors.told():
        finisher().finish(job_id)


def fail(job_id: str, output: Mapping[str, str]) -> dict[str, Any]:
    """Ends the job as a failure; what the execution then says of it."""
    from tokstack.jobs.finish import finisher

    error = errors.read(output)
    logger.warning("job failed", extra={"code": error.code, "cause": error.message, "error": output.get("Error")})
    with errors.told():
        finisher().fail(job_id, error)
    return {"code": error.code, "message": error.message}
