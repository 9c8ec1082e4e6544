"""The order of all tests: the long ones first, so that nobody waits for them at the end."""

from __future__ import annotations

import pytest

LONG = ("tests/soak/", "tests/faults/", "tests/e2e/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Moves the long tests to the front; within a file nothing changes."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
