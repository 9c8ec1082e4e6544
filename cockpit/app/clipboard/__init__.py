"""Text on its way to and from the person's clipboard: copies, requests of programs, pastes."""
