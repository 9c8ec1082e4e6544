"""The shell's prompt marks (OSC 133): where commands begin and what they printed. Moves and selects nothing itself."""

from __future__ import annotations

from cockpit.terminal.emulator.grid import Grid, PromptMark
from cockpit.terminal.scrollback.anchors import Point


def previous_prompt(grid: Grid, row: int) -> int | None:
    """The first row of the nearest prompt that begins above a row."""
    for each in range(min(row, grid.total) - 1, -1, -1):
        if _begins_prompt(grid, each):
            return each
    return None


def next_prompt(grid: Grid, row: int) -> int | None:
    """The first row of the nearest prompt that begins below a row."""
    for each in range(row + 1, grid.total):
        if _begins_prompt(grid, each):
            return each
    return None


def last_output(grid: Grid) -> tuple[Point, Point] | None:
    """What the last command printed, or has printed so far; commands that printed nothing are passed over."""
    prompt: int | None = grid.total
    while prompt is not None:
        above = previous_prompt(grid, prompt)
        if above is None:
            return None
        output = _output_between(grid, above, prompt)
        if output is not None:
            return output
        prompt = above
    return None


def certain_output(grid: Grid) -> tuple[Point, Point] | bool:
    """What the very last command printed, or has printed so far: False for nothing, True where that is not certain.

    tmux marks whole rows: one in which an output ends without a newline and a prompt begins is told by its text alone.
    """
    prompt = previous_prompt(grid, grid.total)
    if prompt is None:
        return True
    running = _output_between(grid, prompt, grid.total)
    if running is not None:
        return running
    above = previous_prompt(grid, prompt)
    if above is None or not _row_text(grid, above).startswith(_row_text(grid, prompt)):
        return True
    output = _output_between(grid, above, prompt)
    return output if output is not None else prompt > above + 1


def output_at(grid: Grid, row: int) -> tuple[Point, Point] | None:
    """What the command printed whose output or prompt a row belongs to."""
    output = grid.command_output(row)
    if output is not None and grid.prompt_mark(row) is PromptMark.NONE:
        return output
    below = next_prompt(grid, row)
    return _output_between(grid, row, grid.total if below is None else below)


def _output_between(grid: Grid, prompt: int, below: int) -> tuple[Point, Point] | None:
    """The output of the command typed at a prompt: the rows between it and the next one."""
    for row in range(prompt + 1, below):
        if grid.prompt_mark(row) is PromptMark.NONE:
            output = grid.command_output(row)
            if output is not None and output[1].row < below:
                return output
            if output is None and _row_text(grid, row):
                return None
    return None


def _begins_prompt(grid: Grid, row: int) -> bool:
    return grid.prompt_mark(row) is PromptMark.PROMPT and not (
        grid.prompt_mark(row - 1) is PromptMark.PROMPT and grid.wraps(row - 1)
    )


def _row_text(grid: Grid, row: int) -> str:
    return grid.text(Point(row, 0), Point(row, grid.columns - 1))
