"""The store when the disk, the clock or the writer fails: nothing is lost, and what happened is said."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import re
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cockpit.errors import StoreError
from cockpit.workspace import generations
from cockpit.workspace import saver as saver_module
from cockpit.workspace.rows_format import decode, encode
from cockpit.workspace.saver import Saver
from cockpit.workspace.store import Store
from tests.unit.test_store import state_with

NO_SPACE = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    (tmp_path / "run").mkdir()
    return Store(tmp_path / "store.json", tmp_path / "run" / "store.rescue.json")


def directory_in(path: Path) -> str:
    return decode(json.loads(path.read_bytes())).sessions[0].directory


def loaded_directory(store: Store) -> str:
    return Store(store.path, store._rescue).load().state.sessions[0].directory


# The writer.

_WRITER = """
import sys
from pathlib import Path
from cockpit.workspace.rows_format import encode
from cockpit.workspace.store import Store
from tests.unit.test_store import state_with
store = Store(Path(sys.argv[1]))
store.load()
for number in range(1_000_000):
    store.save(encode(state_with(f"/{number}" + "x" * 200_000)))
    print(number, flush=True)
"""


@pytest.mark.parametrize("writes", [3, 11, 40])
def test_a_writer_that_is_killed_half_way_loses_nothing_it_had_finished(store: Store, writes: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, store.path], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as writer:
        assert writer.stdout is not None
        for _ in range(writes):
            done = int(writer.stdout.readline())
        writer.kill()  # in the middle of whatever write it is at
        done = max([done, *(int(line) for line in writer.stdout.read().split())])
    state, notices, complete = store.load()
    assert (notices, complete) == ([], True)
    assert state.revision >= done + 1
    assert int(state.sessions[0].directory.strip("/x")) == state.revision - 1
    assert all(generation.state for generation in store.generations())
    left = {path.name for path in store.path.parent.iterdir() if path.is_file()}
    assert left <= {"store.json", *(f"store.json.{number}" for number in range(1, 6))}


def test_every_step_of_a_write_may_be_the_last(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dies before the 1st, 2nd, … change of the directory; the store holds the old or the new document each time."""

    class Died(BaseException):
        pass

    steps = {Path: ("replace", "unlink"), os: ("link",)}
    originals = {(owner, name): getattr(owner, name) for owner, names in steps.items() for name in names}
    for last in range(1, 12):
        left = last

        def step(original: Callable[..., Any]) -> Callable[..., Any]:
            def run(*arguments: Any, **options: Any) -> Any:
                nonlocal left
                left -= 1
                if left <= 0:
                    raise Died
                return original(*arguments, **options)

            return run

        store.load()
        store.save(encode(state_with(f"/before-{last}")))
        with monkeypatch.context() as patch:
            for (owner, name), original in originals.items():
                patch.setattr(owner, name, step(original))
            try:
                store.save(encode(state_with(f"/after-{last}")))
                ended = True
            except Died:
                ended = False
        found = loaded_directory(store)
        assert found == f"/after-{last}" if ended else found in (f"/before-{last}", f"/after-{last}")
        assert all(generation.state for generation in store.generations())
    assert ended, "the last round lets the whole write through"


_BIG_WRITE = """
import resource, sys
from pathlib import Path
from cockpit.workspace.rows_format import encode
from cockpit.workspace.store import Store
from tests.unit.test_store import state_with
store = Store(Path(sys.argv[1]))
store.load()
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    store.save(encode(state_with("/new" + "x" * 50_000)))
except OSError as error:
    print(error.strerror)
"""


def test_a_real_write_that_stops_half_way_leaves_the_old_document(store: Store) -> None:
    store.save(encode(state_with("/old")))
    done = subprocess.run(
        [sys.executable, "-c", _BIG_WRITE, store.path],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stdout.strip() == os.strerror(errno.EFBIG)
    assert resource.getrlimit(resource.RLIMIT_FSIZE) != (10_000, 10_000)
    assert loaded_directory(store) == "/old"
    assert {p.name for p in store.path.parent.glob("*store*")} == {"store.json", "store.json.1"}


# The disk.


@pytest.mark.parametrize("error", [NO_SPACE, OSError(errno.EROFS, "Read-only file system")])
def test_a_generation_that_cannot_be_kept_is_no_reason_not_to_write(
    store: Store, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    store.save(encode(state_with("/old")))

    def refuse(source: Path, target: Path) -> None:
        raise error

    monkeypatch.setattr(generations, "_link", refuse)
    store.save(encode(state_with("/new")))
    assert loaded_directory(store) == "/new"


def test_without_hard_links_generations_are_copies(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    for name in ("/a", "/b"):
        store.save(encode(state_with(name)))
    assert [directory_in(path) for path in (store.path, store.generation(1))] == ["/b", "/a"]


def test_a_store_broken_from_outside_never_becomes_a_generation(store: Store) -> None:
    store.save(encode(state_with("/good")))
    store.save(encode(state_with("/better")))
    store.path.write_bytes(b"{ somebody's slip")
    store.save(encode(state_with("/best")))
    (aside,) = store.path.parent.glob("store.json.unreadable-*")
    assert aside.read_bytes() == b"{ somebody's slip"
    assert directory_in(store.generation(1)) == "/good"
    assert loaded_directory(store) == "/best"


# The clock.


@pytest.mark.parametrize("jump_s", [-400 * 86_400.0, 400 * 86_400.0])
def test_a_clock_that_jumps_neither_stops_nor_reorders_the_generations(
    store: Store, monkeypatch: pytest.MonkeyPatch, jump_s: float
) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    for number in range(3):
        store.save(encode(state_with(f"/{number}")))
        os.utime(store.path, (now, now))
    now += jump_s
    for number in range(3, 9):
        store.save(encode(state_with(f"/{number}")))
        os.utime(store.path, (now, now))
        now += generations.GENERATION_SPACING_S
    kept = [directory_in(store.generation(number)) for number in range(1, 5)]
    assert kept == ["/7", "/6", "/5", "/4"]
    store.path.unlink()
    assert loaded_directory(store) == "/7", "the youngest by count, not by clock"


# Earlier states.


def test_an_earlier_state_is_made_the_present_one_and_the_present_one_kept(store: Store) -> None:
    for name in ("/a", "/b", "/c"):
        store.save(encode(state_with(name)))
    assert [(g.number, g.state and g.state.sessions[0].directory) for g in store.generations()] == [
        (0, "/c"),
        (1, "/b"),
        (2, "/a"),
    ]
    fresh = Store(store.path)
    assert fresh.restore(2).sessions[0].directory == "/a"
    assert [directory_in(path) for path in (store.path, store.generation(1))] == ["/a", "/c"]
    assert fresh.load().state.revision == 4


@pytest.mark.parametrize("number", [0, -1, 3, 6])
def test_an_earlier_state_that_is_not_there_is_refused(store: Store, number: int) -> None:
    for name in ("/a", "/b"):
        store.save(encode(state_with(name)))
    with pytest.raises(StoreError, match=f"no earlier state {number}; there are: 1"):
        store.restore(number)
    store.generation(1).write_bytes(b"{")
    with pytest.raises(StoreError, match="can't be used"):
        store.restore(1)
    assert loaded_directory(store) == "/b"


# The rescue copy.


def test_what_could_not_be_saved_at_the_exit_is_back_at_the_next_start(store: Store) -> None:
    store.save(encode(state_with("/old")))
    store.rescue(encode(state_with("/newest")))
    again = Store(store.path, store._rescue)
    state, notices, complete = again.load()
    assert state.sessions[0].directory == "/newest"
    assert complete
    assert "are back" in notices[0]
    again.save(encode(state))
    assert loaded_directory(store) == "/newest"
    assert store._rescue is not None
    assert not store._rescue.exists()


def test_a_rescue_copy_that_is_older_than_the_store_is_not_used(store: Store) -> None:
    store.save(encode(state_with("/a")))
    store.rescue(encode(state_with("/b")))
    other = Store(store.path)
    other.load()
    for name in ("/c", "/d"):
        other.save(encode(state_with(name)))
    assert loaded_directory(store) == "/d"


# When it is written.


class CountingStore(Store):
    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.saved: list[dict[str, Any]] = []
        self.rescued: list[dict[str, Any]] = []
        self.threads: set[int] = set()
        self.failure: OSError | None = None
        self.rescue_failure: OSError | None = None

    def save(self, document: dict[str, Any]) -> None:
        self.threads.add(threading.get_ident())
        if self.failure:
            raise self.failure
        self.saved.append(document)

    def rescue(self, document: dict[str, Any]) -> Path:
        if self.rescue_failure:
            raise self.rescue_failure
        self.rescued.append(document)
        return Path("/run/rescue.json")


def no_telling(message: str, severity: str) -> None:
    raise AssertionError(f"nothing to be told: {message}")


async def test_many_changes_are_one_write_off_the_loops_thread(tmp_path: Path) -> None:
    store = CountingStore(tmp_path / "s")
    number = 0
    saver = Saver(store, lambda: {"n": number}, no_telling)
    for number in range(100):  # noqa: B007 - the snapshot reads it
        saver.changed()
        await asyncio.sleep(0)
    await saver.flush()
    assert store.saved == [{"n": 99}]
    assert threading.get_ident() not in store.threads
    await saver.flush()
    assert len(store.saved) == 1
    assert await saver.close() == ""


async def test_a_change_is_written_without_a_flush(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saver_module, "SAVE_DELAY_S", 0.0)
    written = asyncio.Event()
    loop = asyncio.get_running_loop()

    class Telling(CountingStore):
        def save(self, document: dict[str, Any]) -> None:
            super().save(document)
            loop.call_soon_threadsafe(written.set)

    Saver(Telling(tmp_path / "s"), dict, no_telling).changed()
    await asyncio.wait_for(written.wait(), 5)


async def test_a_failing_disk_is_told_once_and_its_recovery_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saver_module, "RETRY_DELAYS_S", (0.0,))
    store = CountingStore(tmp_path / "s")
    told: list[tuple[str, str]] = []
    heard = asyncio.Event()

    def tell(message: str, severity: str) -> None:
        told.append((message, severity))
        if severity == "error":
            store.failure = None  # there is room again
        heard.set()

    saver = Saver(store, dict, tell)
    store.failure = NO_SPACE
    saver.changed()
    await saver.flush()
    assert [severity for _, severity in told] == ["error"]
    assert "No space left on device" in told[0][0]
    heard.clear()
    await asyncio.wait_for(heard.wait(), 5)  # nobody changes or flushes anything: it tries by itself
    assert store.saved == [{}]
    assert "written again" in told[1][0]
    assert await saver.close() == ""


async def test_failures_in_a_row_are_one_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saver_module, "RETRY_DELAYS_S", (60.0,))
    store = CountingStore(tmp_path / "s")
    store.failure = NO_SPACE
    told: list[str] = []
    saver = Saver(store, dict, lambda message, severity: told.append(message))
    saver.changed()
    for _ in range(3):
        await saver.flush()
    assert len(told) == 1
    await saver.close()


@pytest.mark.parametrize(
    ("failure", "words"), [(None, "kept in /run/rescue.json"), (NO_SPACE, "could not be saved.*No space")]
)
async def test_leaving_with_a_full_disk_says_where_the_sessions_are(
    tmp_path: Path, failure: OSError | None, words: str
) -> None:
    store = CountingStore(tmp_path / "s")
    store.failure, store.rescue_failure = NO_SPACE, failure
    saver = Saver(store, lambda: {"n": 1}, lambda message, severity: None)
    saver.changed()
    last_words = await saver.close()
    assert re.search(words, last_words)
    assert store.rescued == ([] if failure else [{"n": 1}])
