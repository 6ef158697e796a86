"""labsim: a turn-based simulator of AI laboratories. This file says which version it is, and opens the Python door."""

from importlib import import_module

__version__ = "0.1.0"
__all__ = ["Game", "Panel", "__version__", "load_scenario", "open", "run"]


def __getattr__(name: str) -> object:
    """Return a name of labsim.api, imported when it is first asked for: `import labsim` alone stays light."""
    if name in __all__:
        return getattr(import_module("labsim.api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
