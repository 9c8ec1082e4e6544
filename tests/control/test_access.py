"""The policy of the control socket, peer by peer and mode by mode."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from cockpit.control import peers
from cockpit.control.access import AccessMode, Kinship, PeerFacts, decide, socket_mode
from cockpit.control.peers import Peer, kinship_of, peer_of
from tests.control.kinds_of_peers import PEERS

OFF, ONLY, AUTO, PASSWORD, ALL = AccessMode
NOBODY, EVERYBODY = set[AccessMode](), {ALL}
EXPECTED = {
    "a program in one of cockpit's terminals": {ONLY, AUTO, ALL},
    "the same, with the password": {ONLY, AUTO, PASSWORD, ALL},
    "another process of yours": {AUTO, ALL},
    "another process of yours, with the password": {AUTO, PASSWORD, ALL},
    "another process of yours, with a wrong password": {AUTO, ALL},
    "a process of yours whose pid is not told": {ONLY, AUTO, ALL},
    "a process of yours that ended at once": {AUTO, ALL},
    "another user, root included": EVERYBODY,
    "another user with the password": EVERYBODY,
    "somebody whose user is not told": EVERYBODY,
}


@pytest.mark.parametrize(("name", "facts"), PEERS)
@pytest.mark.parametrize("mode", AccessMode)
def test_who_is_let_in(mode: AccessMode, name: str, facts: PeerFacts) -> None:
    decision = decide(mode, facts)
    assert decision.allowed is (mode in EXPECTED[name])
    assert bool(decision.reason) is not decision.allowed


def test_only_a_missing_or_wrong_password_can_be_mended_on_the_spot() -> None:
    for right in (None, False):
        assert decide(PASSWORD, PeerFacts(1, 1, password_right=right)).wants_password
    assert not decide(PASSWORD, PeerFacts(2, 1, password_right=None)).wants_password
    assert not decide(ONLY, PeerFacts(1, 1, Kinship.FOREIGN)).wants_password


def test_the_file_is_open_to_others_only_when_everybody_is_let_in() -> None:
    assert {mode: socket_mode(mode) for mode in AccessMode} == dict.fromkeys(AccessMode, 0o600) | {ALL: 0o666}


def test_the_kernel_tells_who_connected() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        peer = peer_of(ours)
    assert (peer.pid, peer.uid) == (os.getpid(), os.getuid())


HANDED_ON = """
import os, socket, sys
client = socket.socket(socket.AF_UNIX)
client.connect(sys.argv[1])
if os.fork():
    os._exit(0)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands out the peer's pidfd")
def test_a_peer_that_ended_is_not_who_has_its_pid_now(tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        words = [sys.executable, "-I", "-c", HANDED_ON, path]
        with subprocess.Popen(words, stdin=subprocess.PIPE) as peer, listening.accept()[0] as connected:
            told = peer_of(connected)
            assert told.pid == peer.pid
            peer.wait()  # its child holds the connection
            with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE) as other:
                later = replace(told, pid=other.pid, connected_at=time.time() + 10)
                if peers._lives(later) is None:
                    pytest.skip("this kernel hands out no pidfd")
                assert kinship_of(later, {os.getpid()}) is Kinship.GONE
                assert kinship_of(replace(later, connected=None), {os.getpid()}) is Kinship.OURS


def test_a_grandchild_descends_and_this_process_itself_does_not() -> None:
    code = "import sys; print('up', flush=True); sys.stdin.read()"
    shell = ["/bin/sh", "-c", f'"{sys.executable}" -c "{code}"; :']
    with subprocess.Popen(shell, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None and child.stdout.readline() == "up\n"
        import psutil

        (grandchild,) = psutil.Process(child.pid).children()
        peer = Peer(grandchild.pid, os.getuid(), time.time())
        assert kinship_of(peer, {os.getpid()}) is Kinship.OURS
        assert kinship_of(peer, {child.pid}) is Kinship.OURS
        assert kinship_of(peer, {grandchild.pid}) is Kinship.FOREIGN
        assert kinship_of(Peer(grandchild.pid, 0, time.time() - 1000), {os.getpid()}) is Kinship.GONE
        child.communicate("")
    assert kinship_of(peer, {os.getpid()}) is Kinship.GONE
    assert kinship_of(Peer(None, 0, 0.0), {os.getpid()}) is Kinship.UNKNOWN_PID
