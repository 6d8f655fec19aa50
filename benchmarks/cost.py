"""What 1,000 calls cost, from billed milliseconds, requests and table writes, at the public price list."""

from dataclasses import dataclass

# US East, on demand, arm64; dollars. Free tiers left out.
LAMBDA_GB_SECOND = 0.0000133334
LAMBDA_REQUEST = 0.20e-6
HTTP_API_REQUEST = 1.00e-6
TABLE_WRITE_UNIT = 0.625e-6
TABLE_READ_UNIT = 0.125e-6
LOG_GB = 0.50


@dataclass(frozen=True, slots=True)
class Call:
    """One call's use: milliseconds billed at `memory_mb`, request units of the table, bytes of log."""

    billed_ms: float
    memory_mb: int
    write_units: float
    read_units: float
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
    thousand = {name: 1000 * dollars for name, dollars in parts.items()}
    return {**thousand, "total": sum(thousand.values())}
