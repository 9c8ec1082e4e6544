"""One program on a PTY of its own: started, written to, signalled, reaped."""
