"""What is typed on its way to whoever gets it: the table of keys, the leader, the keymap, the order."""
