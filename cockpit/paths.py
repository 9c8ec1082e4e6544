"""Where cockpit keeps its files. Decides and prepares directories; never reads or writes their content."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cockpit.errors import PathError, UsageError

SUN_PATH_LIMIT_BYTES = 104
"""The shortest `sun_path` of the systems we run on (macOS 104, Linux 108), with its final NUL."""

_PROFILES = "profiles"
_PROFILE_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")


@dataclass(frozen=True, slots=True)
class Paths:
    """The directories and files of one profile of one user. Build it with `resolve`."""

    profile: str
    config_dir: Path
    state_dir: Path
    runtime_dir: Path
    socket_path: Path | None = None
    """Where `COCKPIT_SOCKET_PATH` puts the control socket."""
    bases: tuple[Path, Path, Path] | None = None
    """The directories of configuration, state and runtime files below which the profiles have theirs."""
    tmux_dir: Path | None = None
    """Where the tmux server of an earlier log-in listens, if that isn't the runtime directory."""

    @property
    def settings_file(self) -> Path:
        """The TOML settings of this profile."""
        return self.config_dir / "settings.toml"

    @property
    def user_tmux_conf(self) -> Path:
        """The person's own tmux settings, loaded after the bundled ones."""
        return self.config_dir / "tmux.conf"

    @property
    def store_file(self) -> Path:
        """The persisted rows."""
        return self.state_dir / "store.json"

    @property
    def telemetry_file(self) -> Path:
        """Counters and times; its rotated predecessor is beside it."""
        return self.state_dir / "telemetry.log"

    @property
    def log_file(self) -> Path:
        """The local log."""
        return self.state_dir / "cockpit.log"

    @property
    def store_lock(self) -> Path:
        """Held by the one cockpit that may write this profile's rows, whichever log-in it belongs to."""
        return self.state_dir / "store.lock"

    @property
    def owner_lock(self) -> Path:
        """Held by the one cockpit that may use this profile's runtime directory."""
        return self.runtime_dir / "owner.lock"

    @property
    def owner_socket(self) -> Path:
        """Where the owner is asked to let the next cockpit have this profile."""
        return self.runtime_dir / "owner.sock"

    @property
    def pid_file(self) -> Path:
        """Which process serves without a screen; there as long as it does."""
        return self.runtime_dir / "serve.pid"

    @property
    def serve_log(self) -> Path:
        """What a daemon would have written on a terminal."""
        return self.state_dir / "serve.log"

    @property
    def control_socket(self) -> Path:
        """cockpit's own control socket; at most `SUN_PATH_LIMIT_BYTES - 1` bytes long, unless a person chose it."""
        return self.socket_path or self.runtime_dir / "cockpit.sock"

    @property
    def socket_marker(self) -> Path:
        """Names the control socket that was opened last."""
        return self.state_dir / "last-socket"

    @property
    def tmux_socket(self) -> Path:
        """The private tmux server's socket; at most `SUN_PATH_LIMIT_BYTES - 1` bytes long."""
        return (self.tmux_dir or self.runtime_dir) / "tmux.sock"

    @property
    def tmux_lease(self) -> Path:
        """Whose the tmux server is, and whether it is to outlive them."""
        return (self.tmux_dir or self.runtime_dir) / "tmux.lease"

    def other_runtime_dirs(self) -> list[Path]:
        """Where this profile's sockets are after a log-in with another `XDG_RUNTIME_DIR` or `TMPDIR`: directories that
        exist and are nobody's but ours."""
        if self.bases is None:
            return []
        import tempfile

        temporary = [Path(tempfile.gettempdir()), Path("/tmp")]
        usual = self.bases[2]
        places = [usual]
        if usual.name == "cockpit":  # not below COCKPIT_HOME
            uid = os.getuid()
            places += [
                Path(f"/run/user/{uid}/cockpit"),
                *(t / f"runtime-{uid}" / "cockpit" for t in temporary),
            ]
        if self.profile != "default":
            places = [place / _PROFILES / self.profile for place in places]
        found = {short for place in places for short in (place, *(_hashed(place, t) for t in temporary))}
        return sorted(place for place in found - {self.runtime_dir} if is_private(place))

    def other_profiles(self) -> list[Paths]:
        """The profiles of the same person, in the same place, that were ever opened. Looks at directories only."""
        if self.bases is None:
            return []
        names = {"default"}
        for base in self.bases:
            try:
                names |= {entry.name for entry in (base / _PROFILES).iterdir()}
            except OSError:
                continue
        return [
            _paths_of(name, self.bases)
            for name in sorted(names - {self.profile})
            if _PROFILE_PATTERN.fullmatch(name)
        ]

    def heartbeat_file(self, terminal_id: str) -> Path:
        """What a terminal's agent may touch while it works."""
        return self.runtime_dir / "terminals" / f"{_file_name(terminal_id)}.heartbeat"

    def done_file(self, terminal_id: str) -> Path:
        """What a terminal's agent may write when it has finished."""
        return self.runtime_dir / "terminals" / f"{_file_name(terminal_id)}.done"

    def ready_file(self, terminal_id: str) -> Path:
        """What a terminal's shell makes once, when it is ready."""
        return self.runtime_dir / "terminals" / f"{_file_name(terminal_id)}.ready"

    def prepare(self) -> None:
        """Creates the directories with mode 0700 and checks them.

        Raises:
            PathError: one is a symlink, belongs to someone else, is open to others, or can't be made.
        """
        for directory in (self.config_dir, self.state_dir, self.runtime_dir):
            _prepare_directory(directory)


def resolve(profile: str = "default", environment: Mapping[str, str] | None = None) -> Paths:
    """The paths of `profile`, from `COCKPIT_HOME` or the platform's conventions. Touches nothing on disk.

    Raises:
        UsageError: the profile's name can't be used in a path, or a variable names nobody's home.
        PathError: sockets have no safe place.
    """
    env = os.environ if environment is None else environment
    if not _PROFILE_PATTERN.fullmatch(profile):
        raise UsageError(
            f"profile {profile!r} can't be used: take up to 32 letters, digits, '-', '_' or '.', "
            "starting with a letter or digit"
        )
    if base := _chosen(env, "COCKPIT_HOME"):
        config, state, runtime = base / "config", base / "state", base / "run"
    else:
        import platformdirs

        config = platformdirs.user_config_path("cockpit", appauthor=False)
        state = platformdirs.user_state_path("cockpit", appauthor=False)
        runtime = _platform_runtime()
    return _paths_of(profile, (config, state, runtime), _chosen(env, "COCKPIT_SOCKET_PATH"))


def foreign_parent(directory: Path) -> Path | None:
    """A directory above that another user has made in one of all, like /tmp: they can exchange what lies below it.

    Raises OSError.
    """
    for path in directory.parents:
        owner = path.lstat().st_uid
        if path.parent.lstat().st_mode & 0o002 and owner not in (os.getuid(), 0):
            return path
    return None


def _chosen(env: Mapping[str, str], variable: str) -> Path | None:
    """The path in a variable; None when it is unset or empty. Raises `UsageError`."""
    text = env.get(variable)
    try:
        return Path(text).expanduser().absolute() if text else None
    except RuntimeError as error:  # ~somebody
        raise UsageError(f"{variable}={text!r} can't be used: there is no such home") from error


def _platform_runtime() -> Path:
    """Where this system has sockets, by `XDG_RUNTIME_DIR` if that is fit for it. Raises `PathError`."""
    import warnings

    import platformdirs

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that there is no such variable is nothing to tell at every verb
            return platformdirs.user_runtime_path("cockpit", appauthor=False)
    except OSError as error:
        raise PathError(f"there is no safe directory for sockets: {error}") from error


def project_hash(directory: str | os.PathLike[str]) -> str:
    """Twelve hexadecimal digits that name a project directory, the same on every launch."""
    import hashlib

    return hashlib.sha256(os.fsencode(os.path.realpath(directory))).hexdigest()[:12]


def is_private(directory: Path) -> bool:
    """A plain directory of ours that is closed to others."""
    try:
        status = directory.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o077


def _paths_of(profile: str, bases: tuple[Path, Path, Path], socket_path: Path | None = None) -> Paths:
    """A profile's paths; the default one's are the bases themselves."""
    below = (base if profile == "default" else base / _PROFILES / profile for base in bases)
    config, state, runtime = below
    return Paths(profile, config, state, _short_runtime(runtime), socket_path, bases)


def _file_name(row_id: str) -> str:
    """A row's id as part of a file's name; ids come from a file that anything may have written."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", row_id)[:64]


def _short_runtime(runtime: Path) -> Path:
    """`runtime`, or a hashed directory below the temporary one when its sockets would not fit `sun_path`."""
    longest_socket = os.fsencode(runtime / "cockpit.sock.lock")
    if len(longest_socket) < SUN_PATH_LIMIT_BYTES:
        return runtime
    import tempfile

    base = Path(tempfile.gettempdir())
    if len(os.fsencode(base)) > 60:
        base = Path("/tmp")
    return _hashed(runtime, base)


def _hashed(runtime: Path, base: Path) -> Path:
    import hashlib

    digest = hashlib.sha256(os.fsencode(runtime)).hexdigest()[:12]
    return base / f"cockpit-{os.getuid()}-{digest}"


def _prepare_directory(directory: Path) -> None:
    try:
        missing = [path for path in (directory, *directory.parents) if not path.exists()]
        for path in reversed(missing):  # mkdir(parents=True) makes those above as open as the umask lets it
            path.mkdir(mode=0o700, exist_ok=True)
        foreign = foreign_parent(directory)
        status = directory.lstat()
    except OSError as error:
        raise PathError(
            f"{directory} can't be prepared: {error.strerror}. Set COCKPIT_HOME to a directory you own."
        ) from error
    if foreign is not None:
        raise PathError(f"{foreign} belongs to somebody else, not to you. Set COCKPIT_HOME elsewhere.")
    if stat.S_ISLNK(status.st_mode) or not stat.S_ISDIR(status.st_mode):
        raise PathError(f"{directory} is not a plain directory. Remove it, or set COCKPIT_HOME elsewhere.")
    if status.st_uid != os.getuid():
        raise PathError(
            f"{directory} belongs to uid {status.st_uid}, not to you. Set COCKPIT_HOME elsewhere."
        )
    if status.st_mode & 0o077:
        directory.chmod(0o700)
