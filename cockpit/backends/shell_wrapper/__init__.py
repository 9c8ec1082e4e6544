"""Files that shells read: see `backends.shell`."""
