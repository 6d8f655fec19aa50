"""GET /v1/jobs/{jobId}/file?ticket=…: a job's file, waited for."""

from tokstack.api.entry import serve
from tokstack.api.jobs import JOB_FILE

handler = serve(JOB_FILE)
