"""GET /v1/jobs/{jobId}: how far a job is, and what came of it."""

from tokstack.api.entry import serve
from tokstack.api.jobs import JOB

handler = serve(JOB)
