"""What a person does with the text of the shown terminal: scroll, search, select, jump."""
