"""What can be done with a screen and all that is above it while the program goes on: scroll, search, select."""
