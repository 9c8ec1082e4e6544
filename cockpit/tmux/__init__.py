"""The tmux layer: the only room that runs the tmux binary or imports libtmux. It knows nothing of rows or screens."""
