"""Measures everything and writes RESULTS.md; ends with 1 where a bound does not hold."""

import sys
from pathlib import Path

from benchmarks import http, initialisation, page
from benchmarks.report import page as results

PAGE = Path(__file__).with_name("RESULTS.md")


def main() -> None:
    sections = [module.measure() for module in (initialisation, page, http)]
    PAGE.write_text(results(sections))
    print(PAGE.read_text())
    if any(figure.held is False for section in sections for figure in section.figures):
        sys.exit("A bound does not hold.")


if __name__ == "__main__":
    main()
