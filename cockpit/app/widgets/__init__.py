"""One module per widget. Widgets never import the app."""
