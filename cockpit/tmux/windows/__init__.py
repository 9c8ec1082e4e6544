"""The windows of terminals: made, listed, shown, typed into, read."""
