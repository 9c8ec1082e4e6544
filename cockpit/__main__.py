"""`python -m cockpit` and the `cockpit` script: a verb goes to a running cockpit, anything else starts one."""

from __future__ import annotations

import sys

from cockpit.control.verbs import split


def main() -> int:
    """Runs what the command line asks for; returns the exit status."""
    try:
        verb = split(sys.argv[1:])
        if verb is not None:
            from cockpit.control.verbs.calling import main as call

            profile, words = verb
            return call(words, profile)
        from cockpit.cli import main as start

        return start()
    except KeyboardInterrupt:
        return _interrupted()


def _interrupted() -> int:
    """Ends as the signal would have ended it: a script's loop then ends too (an exit status of 130 isn't enough)."""
    import os
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGINT)
    return 130


if __name__ == "__main__":
    sys.exit(main())
