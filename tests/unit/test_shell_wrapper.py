"""The shells in cockpit's wrapper, with real configuration files: the same shell as without it, and its marks."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cockpit.backends.shell import WRAPPERS, is_wrapped, shell_start, tells_when_ready
from tests.harness.installed import installed
from tests.harness.pty_program import ProgramEndedError, PtyProgram

DEADLINE_S = 30.0
_MARK = re.compile(rb"\x1b\]133;([^\x07\x1b]*)")
_RC = {"bash": ".bash_profile", "zsh": ".zshrc", "fish": ".config/fish/config.fish"}

every_shell = pytest.mark.parametrize("shell", sorted(_RC))


@dataclass
class Run:
    """What one run of a shell left."""

    exit_code: int
    output: bytes
    home: Path

    @property
    def marks(self) -> list[str]:
        """The marks in order, without parameters but the exit code."""
        return [
            mark.decode().replace(";ran=1", "").removesuffix(";aid=cockpit")
            for mark in _MARK.findall(self.output)
        ]

    @property
    def out(self) -> str:
        """What was appended to `$HOME/out`."""
        file = self.home / "out"
        return file.read_text() if file.exists() else ""


@dataclass
class Bench:
    """A home directory for a shell; each run has one of its own at the same path, so that texts can be compared."""

    home: Path
    rc: str = ""
    files: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, shell: str, lines: Sequence[str], *, wrapped: bool = True) -> Run:
        """Types all lines ahead of the first prompt and waits for the shell's end."""
        path = installed(shell)
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir()
        for name, text in {_RC[shell]: self.rc, **self.files}.items():
            file = self.home / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        environment = {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            **self.environment,
        }
        start = shell_start(path, None, environment, str(self.home / "ready") if wrapped else "")
        with PtyProgram(
            start.argv, environment={**environment, **start.environment}, cwd=str(self.home)
        ) as program:
            received = bytearray()
            program.on_output = received.extend
            program.type("".join(f"{line}\r" for line in lines).encode())
            with pytest.raises(ProgramEndedError):
                program.read_until(lambda _: False, f"the end of {shell}", DEADLINE_S)
        return Run(program.close(), bytes(received), self.home)

    def same(self, shell: str, lines: Sequence[str]) -> Run:
        """Runs it plainly and in the wrapper; what both wrote and how they ended is the same."""
        plain = self.run(shell, lines, wrapped=False)
        plain_out = plain.out
        wrapped = self.run(shell, lines)
        assert wrapped.out == plain_out
        assert plain_out
        assert wrapped.exit_code == plain.exit_code
        return wrapped


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "home")


_ENVIRONMENT = "env | grep -v -e '^_=' -e '^SHLVL=' | sort >> ~/out"
_STATE = {
    "bash": [
        "{ shopt; set -o; echo $-; echo $HISTFILE; alias; trap; declare -p HISTFILE PS2 PS4; } >> ~/out",
        _ENVIRONMENT,
        "compgen -v | grep -v -e __cockpit -e PROMPT_COMMAND -e '^_$' -e BASH_ARG -e PIPESTATUS -e PS0 >> ~/out",
        "logout 7",
    ],
    "zsh": [
        "{ setopt; echo $HISTFILE ${ZDOTDIR-none} $0 $-; alias; sched } >> ~/out",
        _ENVIRONMENT,
        "exit 7",
    ],
    "fish": [
        "status is-login; and echo login >> ~/out",
        "functions >> ~/out",
        "set -S fish_function_path XDG_DATA_DIRS >> ~/out",
        _ENVIRONMENT,
        "exit 7",
    ],
}


@every_shell
def test_options_variables_and_environment_are_as_without_it(bench: Bench, shell: str) -> None:
    bench.rc = "alias ll='ls -l'\n" + (
        "shopt -q login_shell && echo login >> ~/out\n" if shell == "bash" else ""
    )
    if shell == "bash":
        bench.files[".bash_logout"] = "echo logout >> ~/out\n"
    assert bench.same(shell, _STATE[shell]).exit_code == 7


@pytest.mark.parametrize(("shell", "name"), [("bash", "ENV"), ("zsh", "ZDOTDIR")])
def test_the_variable_it_came_by_has_its_earlier_value(bench: Bench, shell: str, name: str) -> None:
    bench.environment[name] = str(bench.home / "mine")
    bench.files["mine/.zshrc"] = "echo read my zshrc >> ~/out\n"
    bench.files["mine/.zshenv"] = "echo read my zshenv >> ~/out\n"
    run = bench.same(shell, [f"echo ${name} >> ~/out", "exit"])
    assert str(bench.home / "mine") in run.out
    if shell == "zsh":
        assert "read my zshenv\nread my zshrc\n" in run.out


@every_shell
def test_prompts_commands_and_exit_codes_are_marked(bench: Bench, shell: str) -> None:
    run = bench.run(shell, ["false", "", "true", "exit 3"])
    b = [] if shell == "fish" else ["B"]
    prompt = ["A", *b]
    assert run.marks == [
        *prompt,
        "C",
        "D;1",
        *prompt,
        *prompt,
        "C",
        "D;0",
        *prompt,
        "C",
        *(["D;3"] if shell == "fish" else []),
    ]
    assert run.exit_code == 3


@every_shell
def test_it_tells_once_that_it_is_ready(bench: Bench, shell: str) -> None:
    run = bench.run(
        shell,
        [
            "ls ready >> ~/out",
            "rm ready",
            "true",
            "ls ready; or true" if shell == "fish" else "ls ready",
            "exit",
        ],
    )
    assert run.out == "ready\n"
    assert not (run.home / "ready").exists()


@every_shell
def test_without_its_variable_it_ends_with_64_and_says_why(bench: Bench, shell: str) -> None:
    bench.home.mkdir()
    path = installed(shell)
    start = shell_start(path, None, {}, "/unused")
    told = {name: value for name, value in start.environment.items() if name != "COCKPIT_READY_FILE"}
    environment = {"HOME": str(bench.home), "PATH": os.environ["PATH"], **told}
    program = PtyProgram(start.argv, environment=environment, cwd=str(bench.home))
    received = bytearray()
    program.on_output = received.extend
    with program, pytest.raises(ProgramEndedError):
        program.read_until(lambda _: False, "its end", DEADLINE_S)
    assert program.close() == 64
    assert b"COCKPIT_READY_FILE" in received


_SEE = 'see() { echo "$? ${PIPESTATUS[*]}" >> ~/out; }\n'
_BASH_HOOKS = {
    "string": _SEE + "PROMPT_COMMAND='see; PS1=\"$ \"'",
    "trailing separator": _SEE + "PROMPT_COMMAND='see; '",
    "array": _SEE + "other() { echo other >> ~/out; }\nPROMPT_COMMAND=(see other see)",
    "exported": 'see() { echo "$?" >> ~/out; }\nexport -f see\nexport PROMPT_COMMAND=see',
    "like starship": _SEE
    + 'starship_precmd() { see; PS1="\\[\\e[1m\\]> "; false; }\nPROMPT_COMMAND=starship_precmd',
    "set -u": "set -u\n" + _SEE + "PROMPT_COMMAND=see",
    "noclobber": "set -o noclobber\n" + _SEE + "PROMPT_COMMAND=see",
    "clock in a trap": "trap 'clock=${clock:-started}' DEBUG\n"
    + 'stop() { unset clock; }\nsee() { echo "${clock-none}" >> ~/out; }\n'
    + "PROMPT_COMMAND='see; stop'\nPS1='${clock-none}$ '",
    "aliases in the way": "alias printf=false builtin=false local=false return=false\n"
    + _SEE
    + "PROMPT_COMMAND=see",
    "posix": "set -o posix\n" + _SEE + "PROMPT_COMMAND=see",
    "no promptvars": "shopt -u promptvars\n" + _SEE + "PROMPT_COMMAND=see",
}


@pytest.mark.parametrize("rc", _BASH_HOOKS.values(), ids=_BASH_HOOKS.keys())
def test_hooks_of_bash_see_what_they_saw(bench: Bench, rc: str) -> None:
    bench.rc = rc + "\n"
    lines = [
        "(exit 3)",
        "true | (exit 4) | true",
        "",
        'echo "$? ${PIPESTATUS[*]}" >> ~/out',
        "history >> ~/out",
        "exit",
    ]
    run = bench.same("bash", lines)
    assert run.marks[:1] == ["A"]
    if "promptvars" not in rc:
        assert "D;3" in run.marks


def test_set_e_in_bash_ends_it_at_the_command_that_fails(bench: Bench) -> None:
    bench.rc = "set -e\nPROMPT_COMMAND='true'\n"
    run = bench.same("bash", ["echo before >> ~/out", "(exit 5)", "echo after >> ~/out"])
    assert (run.out, run.exit_code) == ("before\n", 5)


_OWN_MARKS = {
    "bash prompt": ("bash", "PS1='\\[\\e]133;A\\a\\]$ '\n"),
    "bash hook": ("bash", "mine() { printf '\\e]133;A\\a'; }\nPROMPT_COMMAND=mine\n"),
    "zsh prompt": ("zsh", "PS1=$'%{\\e]133;A\\a%}$ '\n"),
    "zsh hook": ("zsh", "mine() { print -n '\\e]133;A\\a' }\nprecmd_functions=(mine)\n"),
    "fish prompt": ("fish", "function fish_prompt\n printf '\\e]133;A\\a$ '\nend\n"),
}


@pytest.mark.parametrize(("shell", "rc"), _OWN_MARKS.values(), ids=_OWN_MARKS.keys())
def test_prompts_that_are_marked_already_are_left_alone(bench: Bench, shell: str, rc: str) -> None:
    bench.rc = rc
    plain = bench.run(shell, ["true", "exit"], wrapped=False).marks
    run = bench.run(shell, ["ls ready >> ~/out", "exit"])
    assert set(run.marks) == set(plain) == {"A"}
    assert run.out == "ready\n"


_ZSH_HOOKS = {
    "precmd": 'precmd() { echo "$? $pipestatus" >> ~/out }',
    "like oh-my-zsh": 'autoload -Uz add-zsh-hook\none() { echo "$? $pipestatus" >> ~/out }\nadd-zsh-hook precmd one\n'
    "two() { echo \"pre $1\" >> ~/out }\nadd-zsh-hook preexec two\nPROMPT='%(?..%?)%# '",
    "arrays set in one go": 'one() { echo "$?" >> ~/out }\nprecmd_functions=(one)\npreexec_functions=()',
    "unset": "set -u\nprecmd() { echo $? >> ~/out }",
    "strange options": "setopt ksh_arrays sh_word_split no_unset warn_create_global\nprecmd() { echo $? >> ~/out }",
    "percent at the end": "PS1='100%'\nprecmd() { echo $? >> ~/out }",
    "noclobber": "setopt noclobber append_create\nprecmd() { echo $? >> ~/out }",
}


@pytest.mark.parametrize("rc", _ZSH_HOOKS.values(), ids=_ZSH_HOOKS.keys())
def test_hooks_of_zsh_see_what_they_saw(bench: Bench, rc: str) -> None:
    bench.rc = "HISTSIZE=50\n" + rc + "\n"
    lines = [
        "(exit 3)",
        "true | (exit 4) | true",
        "",
        'echo "$? $pipestatus" >> ~/out',
        "fc -ln 1 >> ~/out",
        "exit",
    ]
    run = bench.same("zsh", lines)
    assert "D;3" in run.marks


def test_err_exit_in_zsh_ends_it_at_the_command_that_fails(bench: Bench) -> None:
    bench.rc = "setopt err_exit\n"
    run = bench.same("zsh", ["echo before >> ~/out", "(exit 5)", "echo after >> ~/out"])
    assert (run.out, run.exit_code) == ("before\n", 5)


def test_hooks_of_fish_see_what_they_saw(bench: Bench) -> None:
    bench.rc = (
        "function mine --on-event fish_prompt\n  echo $status $pipestatus >> ~/out\nend\n"
        "function after --on-event fish_postexec\n  echo post $status $argv >> ~/out\nend\n"
        'set -g mark \\u276f\nfunction fish_prompt\n  echo "$status$mark "\nend\n'
    )
    run = bench.same(
        "fish", ["false", "true | false | true", "echo $pipestatus >> ~/out", "history >> ~/out", "exit"]
    )
    assert "D;1" in run.marks


@every_shell
def test_shells_inside_it_are_plain(bench: Bench, shell: str) -> None:
    run = bench.run(shell, [f"exec {shell}", "true", "exit"])
    inner = "bash --norc" if shell == "bash" else f"{shell} -c true"
    assert run.marks.count("C") == 1  # the one of exec
    assert bench.run(shell, [inner, *(["exit"] if shell == "bash" else []), "exit 6"]).exit_code == 6


def test_which_shells_are_wrapped(monkeypatch: pytest.MonkeyPatch) -> None:
    decide: Callable[[str], bool] = lambda shell: is_wrapped(shell, {})  # noqa: E731
    assert [decide(f"/bin/{name}") for name in ("bash", "zsh", "fish")] == [True] * 3
    assert not any(decide(f"/bin/{name}") for name in ("sh", "dash", "rbash", "tcsh", "nu", "bash5"))
    assert not is_wrapped("/bin/bash", {"POSIXLY_CORRECT": ""})
    monkeypatch.setattr("sys.platform", "darwin")
    assert not decide("/bin/bash")
    assert decide("/opt/homebrew/bin/bash")
    assert not tells_when_ready("no-such-shell", {"PATH": "/nowhere"})


def test_a_command_or_no_ready_file_starts_the_shell_plainly() -> None:
    assert shell_start("/bin/bash", "make", {}, "/f").environment == {}
    assert shell_start("/bin/bash", None, {}).argv == ["/bin/bash", "-l"]
    assert shell_start("/bin/dash", None, {}, "/f").argv == ["/bin/dash", "-l"]
    started = shell_start("/bin/zsh", None, {"ZDOTDIR": "/mine"}, "/f")
    assert started.environment == {
        "COCKPIT_READY_FILE": "/f",
        "COCKPIT_EARLIER": "/mine",
        "ZDOTDIR": str(WRAPPERS / "zsh"),
    }


def test_zsh_reads_its_files_where_the_persons_zshenv_puts_them(bench: Bench) -> None:
    bench.files[".zshenv"] = "export ZDOTDIR=$HOME/mine\n"
    bench.files["mine/.zshrc"] = "echo read mine >> ~/out\n"
    run = bench.same("zsh", ["echo $ZDOTDIR >> ~/out", "exit"])
    assert run.out.startswith("read mine\n")
    assert "D;0" in run.marks


def test_what_the_profile_of_bash_declares_is_global_and_it_may_return(bench: Bench) -> None:
    bench.rc = "declare -A mine=([a]=1)\n. ~/.bashrc\nreturn 3\n"
    bench.files[".bashrc"] = "echo $BASH_SOURCE $# >> ~/out\n[[ $- == *i* ]] || return\n"
    run = bench.same("bash", ["echo $? ${mine[a]} >> ~/out", "exit"])
    assert run.out.endswith(" 1\n")
