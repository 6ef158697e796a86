"""Charts: they receive arrays, draw them, say them in a sentence and as a table."""
