"""The window: pages, widgets, charts and what joins them to the game. The only floor that knows Qt."""
