"""One cockpit owns a profile."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cockpit.errors import PathError, ProfileInUseError
from cockpit.workspace.owner import OwnerLock


def test_a_second_owner_is_told_who_and_what_to_do(tmp_path: Path) -> None:
    lock = OwnerLock.acquire(tmp_path / "owner.lock", "work")
    with pytest.raises(ProfileInUseError, match=rf"pid {os.getpid()}.*'work'.*cockpit -L NAME") as caught:
        OwnerLock.acquire(tmp_path / "owner.lock", "work")
    assert caught.value.pid == os.getpid()
    lock.release()
    lock.release()
    OwnerLock.acquire(tmp_path / "owner.lock", "work").release()


def test_a_killed_owner_leaves_the_profile_free(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from cockpit.workspace.owner import OwnerLock;"
        "lock = OwnerLock.acquire(Path(sys.argv[1]), 'p'); print('held', flush=True); sys.stdin.read()"
    )
    path = tmp_path / "owner.lock"
    with subprocess.Popen(
        [sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(ProfileInUseError, match=str(process.pid)):
            OwnerLock.acquire(path, "p")
        process.kill()
        process.wait()
        OwnerLock.acquire(path, "p").release()


def test_a_link_in_place_of_the_lock_is_refused(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("precious")
    (tmp_path / "owner.lock").symlink_to(tmp_path / "target")
    with pytest.raises(PathError):
        OwnerLock.acquire(tmp_path / "owner.lock", "p")
    assert (tmp_path / "target").read_text() == "precious"
