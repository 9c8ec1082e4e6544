"""Terminals: processes on PTYs, the emulator, input encoding, surfaces. No Textual here."""
