"""The headless core: rows, the registry of commands, events."""
