"""What 1,000 calls or jobs cost, from billed milliseconds, requests and table writes, at the public price list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# US East, on demand, arm64; dollars. Free tiers left out.
LAMBDA_GB_SECOND = 0.0000133334
LAMBDA_REQUEST = 0.20e-6
HTTP_API_REQUEST = 1.00e-6
TABLE_WRITE_UNIT = 0.625e-6
TABLE_READ_UNIT = 0.125e-6
LOG_GB = 0.50
DISK_GB_SECOND = 0.0000000309  # of a function's /tmp, beyond the first 512 MB
DISK_FREE_MB = 512
STATE_TRANSITION = 25e-6
STORAGE_WRITE = 5e-6  # PUT, POST, LIST
STORAGE_READ = 0.4e-6  # GET, HEAD
EVENT = 1e-6
SEARCH_NODES = {"t3.small.search": 0.036, "or1.medium.search": 0.105}  # an hour; the one of 2 GB, the other of 8
SEARCH_DISK_GB = 0.122  # a month
HOURS = 730  # of a month


@dataclass(frozen=True, slots=True)
class Call:
    """One call's use: milliseconds billed at `memory_mb`, request units of the table, bytes of log."""

    billed_ms: float
    memory_mb: int
    write_units: float
    read_units: float
    log_bytes: int


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a function: milliseconds billed at `memory_mb`, with `disk_mb` of /tmp."""

    billed_ms: float
    memory_mb: int
    disk_mb: int = DISK_FREE_MB


@dataclass(frozen=True, slots=True)
class Job:
    """One job's use, of its call over HTTP and of its machine. `transitions`: its states, and its start."""

    runs: Sequence[Run]
    transitions: int
    write_units: float
    read_units: float
    storage_writes: int
    storage_reads: int
    events: int
    log_bytes: int


def per_thousand(call: Call) -> dict[str, float]:
    """Dollars for 1,000 such calls, by what they are paid for; the sum under "total"."""
    parts = {
        "HTTP API": HTTP_API_REQUEST,
        "Lambda requests": LAMBDA_REQUEST,
        "Lambda time": call.billed_ms / 1e3 * call.memory_mb / 1024 * LAMBDA_GB_SECOND,
        "table writes": call.write_units * TABLE_WRITE_UNIT,
        "table reads": call.read_units * TABLE_READ_UNIT,
        "logs": call.log_bytes / (1 << 30) * LOG_GB,
    }
    return _thousand(parts)


def per_thousand_jobs(job: Job) -> dict[str, float]:
    """The same for jobs."""
    disk = sum(run.billed_ms / 1e3 * max(0, run.disk_mb - DISK_FREE_MB) / 1024 for run in job.runs)
    parts = {
        "HTTP API": HTTP_API_REQUEST,
        "Lambda requests": len(job.runs) * LAMBDA_REQUEST,
        "Lambda time": gb_seconds(job.runs) * LAMBDA_GB_SECOND,
        "Lambda disk": disk * DISK_GB_SECOND,
        "state transitions": job.transitions * STATE_TRANSITION,
        "table writes": job.write_units * TABLE_WRITE_UNIT,
        "table reads": job.read_units * TABLE_READ_UNIT,
        "storage requests": job.storage_writes * STORAGE_WRITE + job.storage_reads * STORAGE_READ,
        "events": job.events * EVENT,
        "logs": job.log_bytes / (1 << 30) * LOG_GB,
    }
    return _thousand(parts)


def gb_seconds(runs: Sequence[Run]) -> float:
    return sum(run.billed_ms / 1e3 * run.memory_mb / 1024 for run in runs)


def _thousand(parts: Mapping[str, float]) -> dict[str, float]:
    thousand = {name: 1000 * dollars for name, dollars in parts.items()}
    return {**thousand, "total": sum(thousand.values())}
