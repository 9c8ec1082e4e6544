"""Who owns the wheel is told in the status line, as the program changes its modes; agents keep the history."""

from __future__ import annotations

from tests.app.live_app import both_backends, executable
from tests.app.reading_app import reader

SWITCHING = """
stty -echo
while read -r step; do
  case $step in
    full) printf '\\033[?1049h';;
    mouse) printf '\\033[?1000h\\033[?1006h';;
    nomouse) printf '\\033[?1000l\\033[?1006l';;
    back) printf '\\033[?1049l';;
  esac
  echo "now $step"
done
"""


@both_backends
async def test_the_owner_of_the_wheel_is_shown_as_modes_change(backend: str) -> None:
    async with reader(backend, f"echo listening; {SWITCHING}", "listening") as person:
        world = person.world
        assert "wheel" not in person.place()
        for step, mark in (
            ("full", "wheel: arrows"), ("mouse", "wheel: program"), ("nomouse", "wheel: arrows"), ("back", ""),
        ):  # fmt: skip
            world.type_at_once(*step, "enter")
            await world.pane_shows(f"now {step}")
            await world.until(
                lambda mark=mark: told(person.place()) == mark, f"{mark!r}, not {person.place()!r}"
            )


def told(place: str) -> str:
    return place[place.index("wheel") :] if "wheel" in place else ""


@both_backends
async def test_the_wheel_is_no_arrow_key_for_an_agent(backend: str) -> None:
    async with reader(backend) as person:
        world = person.world
        path = executable(
            world.home.home / "claude",
            "printf '\\033[?1049h\\033[H'; stty raw -echo; echo listening; exec cat -v",
        )
        await world.new_tab(str(path), "listening")
        await world.back()
        await person.wheel("up", "down")
        world.type_at_once("x")
        await world.pane_shows("x")
        assert "^[[A" not in world.pane_text()
        assert "wheel" not in person.place()
