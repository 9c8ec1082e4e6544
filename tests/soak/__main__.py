"""The long soak, by hand: `python -m tests.soak [--seconds 600] [--rate 20] [--backend pty|tmux]`."""

from __future__ import annotations

import argparse
import asyncio
import sys

from tests.soak.rounds import soak


def main() -> int:
    """Soaks one backend after the other; 1 when something grew."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--seconds", type=float, default=600.0, help="how long on each backend")
    parser.add_argument("--rate", type=float, default=20.0, help="rounds per second, at most")
    parser.add_argument("--backend", choices=("pty", "tmux"), action="append")
    options = parser.parse_args()
    grown = False
    for backend in options.backend or ("pty", "tmux"):
        result = asyncio.run(
            soak(
                backend, seconds=options.seconds, rate=options.rate, tell=lambda line: print(line, flush=True)
            )
        )
        print(f"{backend}: {result.report()}", flush=True)
        grown = grown or bool(result.grown)
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
