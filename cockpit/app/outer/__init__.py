"""The terminal cockpit itself runs in: its modes, what is typed into it, what is written to it, how fast it is."""
