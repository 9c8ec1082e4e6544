"""Where the control socket's password is kept: a private file, or the system's keyring. Standard library only."""

from __future__ import annotations

import contextlib
import os
import stat

from cockpit.errors import PathError

PASSWORD_VARIABLE = "COCKPIT_SOCKET_PASSWORD"
FILE_NAME = "socket-password"
KEYRING_DEADLINE_S = 15.0
_KEYRING_SERVICE = "cockpit"
_LIMIT_BYTES = 4096


def read_password_file(path: str) -> str | None:
    """The first line of a password file; None when there is none.

    Raises:
        PathError: others could read it, or it isn't a plain file of this user.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PathError(f"{path} can't be read: {error.strerror}") from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.getuid():
            raise PathError(f"{path} is not a plain file of yours; remove it")
        if status.st_mode & 0o077:
            raise PathError(f"{path} can be read by others: chmod 600 {path}")
        text = os.read(descriptor, _LIMIT_BYTES).decode("utf-8", "replace")
    finally:
        os.close(descriptor)
    return text.partition("\n")[0].strip() or None


def make_password_file(path: str) -> str:
    """A new password in a new private file. Raises `PathError` when that can't be written; then there is none."""
    import secrets

    password = secrets.token_urlsafe(24)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except FileExistsError as error:
        raise PathError(f"{path} holds no password: write one into its first line, or remove it") from error
    except OSError as error:
        raise PathError(f"{path} can't be written: {error.strerror}") from error
    try:
        os.write(descriptor, f"{password}\n".encode())  # so few bytes go whole or not at all
    except OSError as error:
        os.unlink(path)  # noqa: PTH108 - as with the other calls here, pathlib costs a verb too much
        raise PathError(f"{path} can't be written: {error.strerror}") from error
    finally:
        os.close(descriptor)
    return password


def keyring_password(profile: str) -> str | None:
    """What the system's keyring has for this profile, where the `keyring` package is installed.

    A locked one may wait for somebody at a screen: after `KEYRING_DEADLINE_S` it has none.
    """
    import threading

    found: list[str] = []
    thread = threading.Thread(target=_ask_keyring, args=(profile, found), name="keyring", daemon=True)
    thread.start()
    thread.join(KEYRING_DEADLINE_S)
    return found[0] if found else None


def _ask_keyring(profile: str, found: list[str]) -> None:
    with contextlib.suppress(
        Exception
    ):  # boundary: a third-party backend; without it there are two other places
        import keyring  # type: ignore[import-not-found, unused-ignore] # optional

        if password := keyring.get_password(_KEYRING_SERVICE, profile):
            found.append(str(password))


def find_password(file: str, profile: str, given: str | None = None) -> str | None:
    """The password: the given one, else the variable's, the file's, the keyring's. Raises `PathError`."""
    return given or os.environ.get(PASSWORD_VARIABLE) or read_password_file(file) or keyring_password(profile)
