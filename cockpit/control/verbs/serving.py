"""The verb that starts a cockpit without a screen: serve."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping

from cockpit.control.codes import ExitCode
from cockpit.control.verbs.arguments import Arguments, Option, Verb
from cockpit.control.verbs.calling import clean, show
from cockpit.control.verbs.streams import OutputError, flush

TYPE_CHECKING = False  # typing would cost a tenth of a verb's time
if TYPE_CHECKING:
    from typing import Any


def _serve(arguments: Arguments) -> int:
    from cockpit.control.serve import serve
    from cockpit.paths import resolve

    paths = resolve(arguments.profile or "default")
    if not arguments.daemon:
        return serve(paths, lambda about: _ready(arguments, about))
    from cockpit.control.daemon import daemonize

    paths.prepare()
    _ready(arguments, daemonize(lambda ready: serve(paths, ready), paths.serve_log))
    return ExitCode.OK


def _ready(arguments: Arguments, about: Mapping[str, Any]) -> None:
    if about["warning"]:
        print(f"cockpit: {clean(about['warning'], 2000)}", file=sys.stderr)
    with contextlib.suppress(OSError, OutputError):  # nobody reads it; the server serves all the same
        show(
            arguments,
            about,
            f"serving {about['profile']}: pid {about['pid']}, socket {clean(about['socket'])}",
        )
        flush()


VERBS = {
    "serve": Verb(
        "serve",
        "Runs cockpit without a screen, for verbs",
        _serve,
        options=(
            Option("daemon", "leave the terminal; returns once it is ready, with 0, or says why it isn't"),
        ),
        description=(
            "It serves its profile until SIGTERM or SIGINT ends it in order; SIGHUP has the settings read again. "
            "When it leaves, terminals on tmux live on and those on a pty end with it.\n"
            "A cockpit that is started beside it asks whether to take over; the server then leaves. By default only "
            "programs in cockpit's own terminals may use "
            "the control socket; automation.socket_access says who else.\n"
            "It keeps serve.pid beside its sockets, and as a daemon writes what it has to say to serve.log beside "
            "cockpit.log."
        ),
        common="json profile help",
        prints="One line once it is ready. With --json profile, pid, socket and warning.",
        examples=(
            "cockpit serve --daemon",
            "cockpit -L work serve                 # in the foreground, as under systemd",
        ),
    )
}
