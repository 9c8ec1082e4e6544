"""Where files are kept, how private the directories are, how long sockets' names may get."""

from __future__ import annotations

import os
import stat
import warnings
from pathlib import Path

import pytest

from cockpit.errors import PathError, UsageError
from cockpit.paths import SUN_PATH_LIMIT_BYTES, project_hash, resolve


def test_home_holds_everything_and_resolving_touches_nothing(tmp_path: Path) -> None:
    paths = resolve(environment={"COCKPIT_HOME": str(tmp_path / "c")})
    assert paths.settings_file == tmp_path / "c" / "config" / "settings.toml"
    assert paths.store_file == tmp_path / "c" / "state" / "store.json"
    assert not (tmp_path / "c").exists()


def test_prepared_directories_are_private(tmp_path: Path) -> None:
    paths = resolve(environment={"COCKPIT_HOME": str(tmp_path)})
    paths.state_dir.mkdir(mode=0o755)
    paths.prepare()
    for directory in (paths.config_dir, paths.state_dir, paths.runtime_dir):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_directories_above_are_made_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        resolve("work", {"COCKPIT_HOME": str(tmp_path / "a" / "b")}).prepare()
    finally:
        os.umask(before)
    for directory in (tmp_path / "a", tmp_path / "a" / "b", tmp_path / "a" / "b" / "state" / "profiles"):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a directory away")
@pytest.mark.parametrize("link", [False, True])
def test_what_another_user_made_in_a_directory_of_all_is_not_trusted(tmp_path: Path, link: bool) -> None:
    (tmp_path / "all").mkdir()
    (tmp_path / "all").chmod(0o1777)
    theirs = tmp_path / "all" / "theirs"
    if link:
        theirs.symlink_to(tmp_path)
    else:
        theirs.mkdir()
    paths = resolve(environment={"COCKPIT_HOME": str(theirs / "home")})
    paths.prepare()
    os.chown(theirs, 65534, 65534, follow_symlinks=False)
    with pytest.raises(PathError, match="theirs belongs to somebody else"):
        paths.prepare()
    (tmp_path / "all").chmod(0o755)  # as a home directory whose owner is called otherwise here
    paths.prepare()


def test_a_place_for_sockets_that_cant_be_had_is_told_and_another_one_is_no_news(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def warned(*_: object, **__: object) -> Path:
        warnings.warn(
            "XDG_RUNTIME_DIR is not set, falling back to /tmp/runtime-7", RuntimeWarning, stacklevel=1
        )
        return Path("/tmp/runtime-7/cockpit")

    def refused(*_: object, **__: object) -> Path:
        raise PermissionError("runtime directory /tmp/runtime-7 is owned by uid 8, not 7")

    monkeypatch.setattr("platformdirs.user_runtime_path", warned)
    assert resolve(environment={}).runtime_dir == Path("/tmp/runtime-7/cockpit")  # warnings are errors here
    monkeypatch.setattr("platformdirs.user_runtime_path", refused)
    with pytest.raises(PathError, match="owned by uid 8"):
        resolve(environment={})


def test_a_link_in_place_of_a_directory_is_refused(tmp_path: Path) -> None:
    paths = resolve(environment={"COCKPIT_HOME": str(tmp_path)})
    (tmp_path / "elsewhere").mkdir()
    paths.state_dir.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PathError, match="plain directory"):
        paths.prepare()


def test_a_file_in_place_of_a_directory_is_told(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("")
    with pytest.raises(PathError, match="config"):
        resolve(environment={"COCKPIT_HOME": str(tmp_path)}).prepare()


@pytest.mark.parametrize("depth", [1, 5, 20])
def test_sockets_fit_whatever_the_home(tmp_path: Path, depth: int) -> None:
    home = tmp_path.joinpath(*["a-rather-long-directory-name-é"] * depth)
    for profile in ("default", "p" * 32):
        paths = resolve(profile, {"COCKPIT_HOME": str(home)})
        for socket in (paths.tmux_socket, paths.control_socket):
            assert len(os.fsencode(socket)) < SUN_PATH_LIMIT_BYTES


def test_profiles_are_separate_worlds(tmp_path: Path) -> None:
    environment = {"COCKPIT_HOME": str(tmp_path)}
    one, other = resolve("one", environment), resolve("other", environment)
    assert {one.store_file, one.settings_file, one.tmux_socket}.isdisjoint(
        {other.store_file, other.settings_file, other.tmux_socket}
    )


@pytest.mark.parametrize("profile", ["", "..", "a/b", "-x", "a" * 33, "a\nb", "é"])
def test_a_profile_that_is_no_name_is_refused(profile: str) -> None:
    with pytest.raises(UsageError, match="profile"):
        resolve(profile)


@pytest.mark.parametrize("variable", ["COCKPIT_HOME", "COCKPIT_SOCKET_PATH"])
def test_the_home_of_nobody_is_told(variable: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"{variable}='~nobody-of-that-name/x'"):
        resolve(environment={"COCKPIT_HOME": str(tmp_path), variable: "~nobody-of-that-name/x"})


def test_a_project_has_one_hash_by_any_path(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    assert project_hash(tmp_path) == project_hash(str(tmp_path / "link" / "."))
    assert len(project_hash(os.fsdecode(b"/\xff"))) == 12
