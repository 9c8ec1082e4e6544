"""Tools for tests that look at cockpit from outside: terminals to run it in, and grids to compare."""
