"""Medians and percentiles, and how a figure is written."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured quantity: its samples and their unit."""

    samples: tuple[float, ...]
    unit: str

    @property
    def median(self) -> float:
        """The median of the samples."""
        return statistics.median(self.samples)

    @property
    def p95(self) -> float:
        """The 95th percentile (nearest rank)."""
        ordered = sorted(self.samples)
        return ordered[min(len(ordered) - 1, max(0, -(-95 * len(ordered) // 100) - 1))]

    def __str__(self) -> str:
        if len(self.samples) == 1:
            return f"{_number(self.median)} {self.unit}"
        return f"{_number(self.median)} / {_number(self.p95)} {self.unit}"


def milliseconds(seconds: Sequence[float]) -> Figure:
    """A figure from durations in seconds."""
    return Figure(tuple(second * 1000 for second in seconds), "ms")


def _number(value: float) -> str:
    if value == 0 or value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
