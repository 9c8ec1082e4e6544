"""Small programs that run inside the measured terminals."""
