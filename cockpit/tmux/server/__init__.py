"""The private server's life: found, started, owned, kept reachable, ended."""
