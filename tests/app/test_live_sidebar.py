"""Every key of the list of sessions and of its filter, on real backends."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.app.screens.confirm import ConfirmScreen
from cockpit.app.screens.help import HelpScreen
from cockpit.app.screens.prompt import PromptScreen
from cockpit.app.screens.session_form import SessionFormScreen
from cockpit.app.widgets.session_list import SessionList
from cockpit.app.widgets.sidebar import FilterInput
from tests.app.live_app import LiveCockpit, both_backends, ids_of, live

KEYS = ids_of(SessionList, FilterInput)


def keys(world: LiveCockpit, binding_id: str) -> Iterator[str]:
    """Each key of a binding."""
    world.used.add(binding_id)
    yield from KEYS[binding_id]


async def four_sessions(world: LiveCockpit) -> list[str]:
    """home, alpha, beta, gamma; the list has the keyboard, its cursor on the last."""
    for name in ("alpha", "beta", "gamma"):
        await world.new_session(name)
    await world.until(lambda: len(world.session_list.order.visible_ids) == 4, "four rows")
    await world.press("ctrl+b", "w")
    return [session.id for session in world.sessions]


async def _folding(world: LiveCockpit, ids: list[str]) -> None:
    listing = world.session_list
    await world.workspace.run("session.group", session_id=ids[1], group="work")
    await world.until(lambda: any(line.group for line in listing.order.lines), "the group")
    for fold, unfold in zip(keys(world, "sessions.fold"), keys(world, "sessions.unfold"), strict=True):
        await world.press("ctrl+b", "w")
        listing.cursor_id = ids[1]
        await world.press(fold)
        assert ids[1] not in listing.order.visible_ids
        assert listing.cursor_id in listing.order.visible_ids
        await world.press(unfold)
        assert ids[1] in listing.order.visible_ids
        await world.press("escape")


@both_backends
async def test_every_key_of_the_list(backend: str) -> None:
    async with live(backend) as world:
        ids = await four_sessions(world)
        listing = world.session_list
        for binding, start, end in (
            ("sessions.up", 3, 2), ("sessions.down", 1, 2), ("sessions.first", 2, 0), ("sessions.last", 1, 3),
            ("sessions.page_up", 3, 0), ("sessions.page_down", 0, 3),
        ):  # fmt: skip
            for key in keys(world, binding):
                listing.cursor_id = ids[start]
                await world.press(key)
                assert listing.cursor_id == ids[end], key
        for key in keys(world, "sessions.choose"):
            listing.cursor_id = ids[1]
            await world.press(key)
            await world.until(lambda: world.workspace.focused_session is world.sessions[1], "the session")
            await world.back()
        await _moving_marking_and_asking(world, ids)
        await _folding(world, ids)
        for key in keys(world, "sessions.help"):
            await world.press("ctrl+b", "w", key)
            await world.screen(HelpScreen)
            await world.press("escape")
        for key in keys(world, "sessions.leave"):
            await world.press("ctrl+b", "w", key)
            await world.back()
        assert world.used == set(KEYS) - {"filter.clear", "filter.list"}


async def _moving_marking_and_asking(world: LiveCockpit, ids: list[str]) -> None:
    listing = world.session_list
    await world.press("ctrl+b", "w")
    for binding, end in (("sessions.move_up", 0), ("sessions.move_down", 1)):
        for key in keys(world, binding):
            await world.workspace.run("session.move", session_id=ids[1], offset=1 - _place(world, ids[1]))
            await world.until(lambda: listing.order.visible_ids == ids, "the rows as they were")
            listing.cursor_id = ids[1]
            await world.press(key)
            wanted = 0 if end == 0 else 2
            await world.until(lambda wanted: _place(world, ids[1]) == wanted, f"{key} to move it", wanted)
    await world.workspace.run("session.move", session_id=ids[1], offset=-1)
    for binding, screen in (
        ("sessions.new", SessionFormScreen), ("sessions.rename", PromptScreen), ("sessions.close", ConfirmScreen),
    ):  # fmt: skip
        for key in keys(world, binding):
            await world.press(key)
            await world.screen(screen)
            await world.press("escape")
            await world.until(lambda: world.app.focused is listing, "the list")
    for key in keys(world, "sessions.filter"):
        await world.press(key)
        await world.until(lambda: isinstance(world.app.focused, FilterInput), "the filter")
        await world.press("escape")
    for key in keys(world, "sessions.select_mode"):
        await world.press(key)
        assert listing.marking
        await world.press(key)
        assert not listing.marking
    listing.cursor_id = ids[2]
    for key in keys(world, "sessions.mark"):
        await world.press(key, key)
    assert listing.marked == {ids[2], ids[3]}
    await world.press("x")
    await world.screen(ConfirmScreen)
    await world.press("y")
    await world.until(lambda: [s.id for s in world.sessions] == ids[:2], "the marked sessions to close")
    await world.until(lambda: world.app.screen is world.main and not listing.marked, "the marks to go")
    await world.press("escape")
    assert not listing.marking


def _place(world: LiveCockpit, session_id: str) -> int:
    return [session.id for session in world.sessions].index(session_id)


@both_backends
async def test_every_key_of_the_filter(backend: str) -> None:
    async with live(backend) as world:
        ids = await four_sessions(world)
        listing = world.session_list
        for key in keys(world, "filter.list"):
            await world.press("slash", *"a", key)
            assert world.app.focused is listing
            await world.press("slash", "backspace", "escape")
        for key in keys(world, "filter.clear"):
            await world.press("slash", *"gam")
            await world.until(lambda: listing.order.visible_ids == [ids[3]], "one row")
            await world.press(key)
            assert listing.order.visible_ids == ids
            assert world.app.focused is listing
        await world.press("slash", *"alp", "enter")
        await world.until(lambda: world.workspace.focused_session is world.sessions[1], "the found session")
        await world.back()
        assert world.used == {"filter.clear", "filter.list"}


@both_backends
async def test_the_leader_works_in_the_list_and_in_the_filter(backend: str) -> None:
    async with live(backend) as world:
        await world.press("ctrl+b", "w", "ctrl+b", "c")
        await world.until(lambda: len(world.terminals) == 2, "a second tab")
        await world.press("ctrl+b", "f", "x", "ctrl+b", "ctrl+b", "ctrl+b", "c")
        await world.until(lambda: len(world.terminals) == 3, "a third tab")
        assert world.main.query_one(FilterInput).value == "x"
