"""Keys, mouse and pastes: read from the terminal outside, written as a program's modes ask for them."""
