"""Files shipped as they are: the bundled tmux configuration."""
