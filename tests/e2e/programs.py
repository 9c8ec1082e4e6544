"""The programs whose screens are compared cell by cell, and the files they show."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.harness.cockpit_home import PROMPT

RECORDED = "recording.bin"
"""The output of a program that no two runs of would be alike, played by `PLAYER`."""
PLAYER = f"stty -echo -icanon -opost; cat {RECORDED}; cat"


@dataclass(frozen=True, slots=True)
class Program:
    """One program run from the shell in the directory that `write_fixtures` prepared."""

    name: str
    command: str
    shows: str
    """Text that is on the screen once it is drawn."""
    keys: tuple[str, ...] = ()
    """tmux key names pressed once it is drawn."""
    shows_then: str = ""
    """Text that is on the screen after the keys."""
    redraws: bool = True
    """False for plain output, which is printed again after a resize: terminals differ in how they rewrap it."""
    alike: bool = True
    """False when two runs differ (times, processes): on a pty its recording is played instead."""

    backends: tuple[str, ...] = ("pty", "tmux")
    """Where it can be compared."""

    @property
    def binary(self) -> str:
        """What has to be installed."""
        return self.command.split()[0]


_PLAIN_VIM = "vim -u NONE -i NONE -N -n --cmd 'set t_RV= t_u7= t_RB= t_RF= shortmess+=I'"
_VIM = f"{_PLAIN_VIM} -c 'set number hlsearch cursorline background=dark laststatus=2 | syntax on'"

PROGRAMS = (
    Program("vim", f"{_VIM} code.py", "def greet", keys=("/", "greet", "Enter"), shows_then="/greet"),
    Program("vim-truecolour", f"{_VIM} -c 'set termguicolors' code.py", "def greet"),
    Program("vim-split", f"{_VIM} -c vsplit -c 'edit wide.txt' code.py", "wide:"),
    Program("htop", "htop -d 100", "Uptime", alike=False),
    Program("mc", "mc -u -x -d tree code", "code", keys=("Down", "Down")),
    Program("nano", "nano -v code.py", "def greet", keys=("Down", "Down", "C-w"), shows_then="Search"),
    Program("less", "less -R ansi.txt", "256 colours", keys=("Space",)),
    Program("ls", "ls -la --color=always tree", PROMPT.strip(), redraws=False),
    Program("git", "git --no-pager log --graph --decorate --color=always", PROMPT.strip(), redraws=False),
    Program("256-colours", "cat colours.txt", PROMPT.strip(), redraws=False),
    Program("truecolour", "cat gradient.txt", PROMPT.strip(), redraws=False),
    Program("wide", "cat wide.txt", PROMPT.strip(), redraws=False),
    Program("attributes", "cat attributes.txt", PROMPT.strip(), redraws=False),
    Program("erased", "cat erased.txt", PROMPT.strip(), redraws=False),
    # tmux draws every underline colour as RGB, so only a pty can show that it was one of the palette.
    Program("palette-underline", "cat underline.txt", PROMPT.strip(), redraws=False, backends=("pty",)),
)

_CODE = '''\
"""Greets people."""
import sys

NAMES = ["Ada", "Grace", 'Edsger']  # a comment


def greet(name: str, times: int = 3) -> None:
    for number in range(times):
        print(f"{number}: hello {name}!\\n", file=sys.stderr)


class Greeter:
    @staticmethod
    def run() -> None:
        for name in NAMES:
            greet(name, 0x2A)
'''

_WIDE = """\
wide: 中文字符 日本語テキスト 한국어 ｆｕｌｌ
combining: e\u0301 a\u0308 o\u0302\u0323 n\u0303 Z\u0335
zwj: \U0001f469\u200d\U0001f4bb \U0001f468\u200d\U0001f469\u200d\U0001f467 |
emoji: \U0001f600 \U0001f680 \u2705 |
boxes: ┌─┬─┐ │ │ ╭╮ ░▒▓█ ▁▂▃▄▅▆▇ ⣿⡇
right to left: שלום عربى |
"""

_ATTRIBUTES = (
    "".join(
        f"\x1b[{codes}m{name}\x1b[0m " + ("\n" if number % 5 == 4 else "")
        for number, (name, codes) in enumerate(
            {
                "bold": "1",
                "dim": "2",
                "italic": "3",
                "underline": "4",
                "blink": "5",
                "reverse": "7",
                "strike": "9",
                "double": "4:2",
                "curly": "4:3",
                "dotted": "4:4",
                "dashed": "4:5",
                "rgb-curly": "4:3;58:2::10:200:30",
                "bold-dim": "1;2",
                "bold-italic-red": "1;3;31",
                "reverse-green": "7;32",
                "bright": "91;104",
                "all": "1;3;4;9;33;44",
            }.items()
        )
    )
    + "\n"
)

_ERASED = (
    "\x1b[44mblue\x1b[K\x1b[0m\n\x1b[48;2;80;20;90mpurple\x1b[K\x1b[0m\n"
    "\x1b[42m   \x1b[0m green  \x1b[41m\x1b[5X\x1b[0m\n"
)


def write_fixtures(home: Path) -> None:
    """Fills a home with the files, the repository and the settings the programs use."""
    (home / "code.py").write_text(_CODE)
    (home / "wide.txt").write_text(_WIDE)
    (home / "attributes.txt").write_text(_ATTRIBUTES)
    (home / "underline.txt").write_text("\x1b[4:3;58;5;1mcurly\x1b[0m \x1b[4;58;5;200mline\x1b[0m\n")
    (home / "erased.txt").write_text(_ERASED)
    (home / "colours.txt").write_text(_colour_table())
    (home / "gradient.txt").write_text(_gradient())
    (home / "ansi.txt").write_text("256 colours\n" + _colour_table() + _gradient() + _ATTRIBUTES * 9 + _WIDE)
    (home / ".nanorc").write_text('include "/usr/share/nano/python.nanorc"\nset linenumbers\n')
    (home / "code").mkdir()
    (home / ".config" / "mc").mkdir(parents=True)
    (home / ".config" / "mc" / "ini").write_text("[Layout]\nmessage_visible=0\nfree_space=0\n")
    _write_tree(home / "tree")
    _write_repository(home)


def _colour_table() -> str:
    lines = []
    for start in range(0, 256, 16):
        cells = (f"\x1b[38;5;{255 - n}m\x1b[48;5;{n}m{n:4}" for n in range(start, start + 16))
        lines.append("".join(cells) + "\x1b[0m\n")
    return "".join(lines)


def _gradient() -> str:
    rows = []
    for y in range(8):
        cells = (
            f"\x1b[48;2;{x * 3};{y * 30};{255 - x * 3}m\x1b[38;2;{y * 30};255;{x * 3}m▄" for x in range(80)
        )
        rows.append("".join(cells) + "\x1b[0m\n")
    return "".join(rows)


def _write_tree(tree: Path) -> None:
    tree.mkdir()
    (tree / "directory").mkdir()
    (tree / "plain.txt").write_text("text\n")
    (tree / "archive.tar.gz").write_text("no archive\n")
    (tree / "script.sh").write_text("#!/bin/sh\n")
    (tree / "script.sh").chmod(0o755)
    (tree / "link").symlink_to("plain.txt")
    (tree / "dangling").symlink_to("nowhere")
    (tree / "ünïcödé 中文").write_text("")


def _write_repository(home: Path) -> None:
    def git(*arguments: str, second: int = 0) -> None:
        date = f"2024-05-01T12:00:{second:02}+00:00"
        identity = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org"}
        identity |= {"GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org"}
        dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        environment = {"HOME": str(home), "PATH": "/usr/local/bin:/usr/bin:/bin", **identity, **dates}
        subprocess.run(["git", *arguments], cwd=home, env=environment, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    git("commit", "-q", "--allow-empty", "-m", "The first")
    git("checkout", "-q", "-b", "branch")
    git("commit", "-q", "--allow-empty", "-m", "On the branch", second=1)
    git("checkout", "-q", "main")
    git("commit", "-q", "--allow-empty", "-m", "On main", second=2)
    git("merge", "-q", "--no-ff", "-m", "Together", "branch", second=3)
    git("tag", "v1")
