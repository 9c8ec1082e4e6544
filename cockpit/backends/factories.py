"""How the backends are made. Imports each one's room only when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cockpit.backends.base import Backend, BackendListener
from cockpit.backends.router import BackendFactory
from cockpit.backends.shell import LaunchOptions
from cockpit.model import BackendKind
from cockpit.paths import Paths


def backend_factories(
    paths: Paths, environment: Mapping[str, str], options: Callable[[], LaunchOptions]
) -> dict[str, BackendFactory]:
    """The backends cockpit comes with, by kind. `environment` is what programs start with."""

    def pty(listener: BackendListener) -> Backend:
        from cockpit.backends.pty import PtyBackend

        return PtyBackend(listener, options, environment)

    def tmux(listener: BackendListener) -> Backend:
        from cockpit.backends.tmux import TmuxBackend

        return TmuxBackend(listener, options, environment, paths)

    return {BackendKind.PTY: pty, BackendKind.TMUX: tmux}
