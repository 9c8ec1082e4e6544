"""The git branch of a directory, read from the files git itself reads: no subprocess, a few bounded reads."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

_HEAD_BYTES = 4096
_SHORT_HASH = 7
_PARENTS_LIMIT = 40


def read_branch(directory: str) -> str:
    """The branch checked out in `directory` or above it; a short hash when detached, empty when it is no checkout.

    See gitrepository-layout(5): `.git` is a directory, or a file that says where it is (worktrees, submodules).
    """
    try:
        place = Path(directory)
        for parent in [place, *place.parents][:_PARENTS_LIMIT]:
            git = parent / ".git"
            if git.is_dir():
                return _branch_of(git / "HEAD")
            if git.is_file():
                link = _read(git).removeprefix("gitdir:").strip()
                return _branch_of((parent / link) / "HEAD")
    except (OSError, ValueError):
        return ""
    return ""


def read_branches(directories: Iterable[str]) -> dict[str, str]:
    """The branches of several directories."""
    return {directory: read_branch(directory) for directory in dict.fromkeys(directories)}


def _branch_of(head: Path) -> str:
    content = _read(head).strip()
    if content.startswith("ref:"):
        return content.removeprefix("ref:").strip().removeprefix("refs/heads/")
    return content[:_SHORT_HASH]


def _read(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES).decode("utf-8", "replace")
