"""What survives when things are killed, stopped or taken away, seen from outside the real application."""
