"""The VT core, libghostty-vt, and what its screen is made of."""
