"""Controls and pictures that know plain values and nothing of the game."""
