"""How long a key takes until the first frame after it was written. Reads no clock while nothing is typed."""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Callable

KEPT = 50
"""What the shown median is of: what was typed in the last minute, not this morning."""
NO_ECHO_S = 1.0
"""What comes later is no echo: the key had none (a password), and the program printed of its own accord."""


class KeyEcho:
    """Takes the times at which keys were read and frames were written, in seconds of one steady clock."""

    def __init__(self) -> None:
        self.on_sample: Callable[[float], None] | None = None
        """Told every measured time in milliseconds, after the frame was written."""
        self._typed_at: float | None = None
        self._samples: deque[float] = deque(maxlen=KEPT)

    @property
    def waiting(self) -> bool:
        """A key was typed and no frame was written since."""
        return self._typed_at is not None

    @property
    def last_ms(self) -> float | None:
        """The last measured time."""
        return self._samples[-1] if self._samples else None

    @property
    def median_ms(self) -> float | None:
        """The median of the last ones."""
        return statistics.median(self._samples) if self._samples else None

    def typed(self, at: float) -> None:
        """A key for the program was read."""
        if self._typed_at is None or at - self._typed_at > NO_ECHO_S:
            self._typed_at = at

    def painted(self, at: float) -> None:
        """A frame of the pane was written."""
        typed_at, self._typed_at = self._typed_at, None
        if typed_at is None or at - typed_at > NO_ECHO_S:
            return
        took_ms = (at - typed_at) * 1000
        self._samples.append(took_ms)
        if self.on_sample is not None:
            self.on_sample(took_ms)
