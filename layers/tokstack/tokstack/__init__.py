"""Tokstack's shared layer: everything that two functions need."""

__version__ = "0.1.0"
