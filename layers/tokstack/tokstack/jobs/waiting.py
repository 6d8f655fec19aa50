"""Until a job has ended, or for as long as one may wait."""

import time
from collections.abc import Callable

from tokstack.jobs import store
from tokstack.jobs.job import Job
from tokstack.table import Table

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 1.0  # seconds between two looks


def wait(table: Table, job_id: str, seconds: float, sleep: Callable[[float], None] = time.sleep) -> Job:
    """The job as it is when it ends, or after `seconds`. Raises JOB_NOT_FOUND."""
    deadline, pause = table.now() + seconds, _FIRST_PAUSE
    while True:
        job = store.found(table, job_id)
        left = deadline - table.now()
        if job.ended or left <= 0:
            return job
        sleep(min(pause, left))
        pause = min(_LONGEST_PAUSE, 1.5 * pause)
