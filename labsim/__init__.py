"""labsim: a turn-based simulator of AI laboratories. This file only says which version it is."""

__version__ = "0.1.0"
