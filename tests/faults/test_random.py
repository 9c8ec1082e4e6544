"""A minute of the randomised run; hundreds of steps are run by hand with `python -m tests.faults.random_run`."""

from __future__ import annotations

import random
import shutil

import pytest

from tests.faults.random_run import run

pytestmark = pytest.mark.tmux
STEPS = 40


def test_whatever_happens_in_whatever_order_nothing_is_lost() -> None:
    if not shutil.which("tmux"):
        pytest.skip("no tmux here")
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    run(STEPS, seed)
