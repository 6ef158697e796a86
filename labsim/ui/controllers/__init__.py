"""What stands between the game and the widgets? Controllers: they hold the state of play and tell of its changes."""
