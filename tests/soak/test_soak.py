"""A minute of the soak; ten minutes of it are run by hand with `python -m tests.soak`."""

from __future__ import annotations

import pytest

from tests.app.live_app import both_backends
from tests.soak.rounds import LIMITS, soak

SECONDS = 30.0
"""On each backend."""


@both_backends
async def test_nothing_grows_with_the_rounds(backend: str) -> None:
    result = await soak(backend, seconds=SECONDS, rate=20.0)
    print(result.report())
    assert result.rounds > LIMITS.descriptors * 10, "too few rounds for a leak to show"
    if result.grown:
        pytest.fail(result.report(), pytrace=False)
