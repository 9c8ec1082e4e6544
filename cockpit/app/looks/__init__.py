"""How cockpit looks: themes, symbols, stylesheets, cells as bytes."""
