"""Who wants to know that a window printed something. What was printed is not told."""

from __future__ import annotations

from collections.abc import Callable


class OutputWatch:
    """The watchers of windows. `window_of` tells whose pane it is."""

    def __init__(self, window_of: Callable[[str], str | None]) -> None:
        self._window_of = window_of
        self._watchers: dict[str, list[Callable[[], None]]] = {}

    def watch(self, window_id: str, heard: Callable[[], None]) -> Callable[[], None]:
        """Calls `heard` after every piece of output, until the returned call."""
        self._watchers.setdefault(window_id, []).append(heard)

        def stop() -> None:
            watchers = self._watchers.get(window_id, [])
            if heard in watchers:
                watchers.remove(heard)
            if not watchers:
                self._watchers.pop(window_id, None)

        return stop

    def printed(self, pane_id: str) -> None:
        """A pane printed, or still prints so much that it can't be followed."""
        if not self._watchers:
            return
        window_id = self._window_of(pane_id)
        for heard in tuple(self._watchers.get(window_id or "", ())):
            heard()
