"""cockpit: one full-screen terminal application for every shell and coding agent."""

from __future__ import annotations

__version__ = "0.1.0"
