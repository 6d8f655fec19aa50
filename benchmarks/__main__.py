"""Measures and writes RESULTS.md; ends with 1 where a bound does not hold.

python -m benchmarks                                everything but the last
python -m benchmarks library_search …               these alone, in the place of what stands there of them
python -m benchmarks library_soak [--seconds 600]
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks import (
    http,
    initialisation,
    library_growth,
    library_ingest,
    library_search,
    library_soak,
    media_convert,
    media_http,
    media_memory,
    page,
)
from benchmarks.report import Section, renewed
from benchmarks.report import page as results

PAGE = Path(__file__).with_name("RESULTS.md")
SECTIONS: Mapping[str, Callable[[], Section]] = {
    "initialisation": initialisation.measure,
    "page": page.measure,
    "http": http.measure,
    "media_convert": media_convert.measure,
    "media_memory": media_memory.measure,
    "media_http": media_http.measure,
    "library_search": library_search.measure,
    "library_growth": library_growth.measure,
    "library_ingest": library_ingest.measure,
}
SOAK = "library_soak"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("sections", nargs="*", help=f"of {', '.join([*SECTIONS, SOAK])}")
    parser.add_argument("--seconds", type=float, default=600, help=f"of {SOAK}")
    given = parser.parse_args()
    known: dict[str, Callable[[], Section]] = {**SECTIONS, SOAK: lambda: library_soak.measure(given.seconds)}
    if unknown := set(given.sections) - known.keys():
        parser.error(f"there is no section {', '.join(sorted(unknown))}")
    sections = [known[name]() for name in given.sections or SECTIONS]
    PAGE.write_text(renewed(PAGE.read_text(), sections) if given.sections else results(sections))
    print(PAGE.read_text())
    if any(figure.held is False for section in sections for figure in section.figures):
        sys.exit("A bound does not hold.")


if __name__ == "__main__":
    main()
