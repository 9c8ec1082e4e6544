"""The control connection: commands in, replies and notifications out."""
