"""What can be read on a page, and what is too faint for where it stands."""

import re

from playwright.sync_api import Page

READABLE = 4.5  # WCAG's contrast for text

GROUND = """node => {
  for (; node; node = node.parentElement) {
    const colour = getComputedStyle(node).backgroundColor;
    if (!/, 0\\)$/.test(colour)) return colour;
  }
}"""
TEXTS = (
    """() => [...document.querySelectorAll("main *, header *")]
  .filter((node) => !node.closest(".blank, [aria-disabled], .hidden, .skip"))
  .filter((node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim()))
  .map((node) => [node.textContent.trim().slice(0, 40), getComputedStyle(node).color, ("""
    + GROUND
    + ")(node)])"
)


def faint(page: Page) -> list[str]:
    """The texts that are hard to read where they stand."""
    return [
        text
        for text, colour, ground in page.evaluate(TEXTS)
        if contrast(luminance(colour), luminance(ground)) < READABLE
    ]


def contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def luminance(colour: str) -> float:
    """Relative, as WCAG reckons it, of rgb(r, g, b)."""
    red, green, blue = (_linear(int(part) / 255) for part in re.findall(r"\d+", colour)[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
