"""The control socket: what a script, an editor or an agent drives cockpit by. See PROTOCOL.md."""
