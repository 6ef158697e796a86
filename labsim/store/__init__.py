"""Where games and results are kept; the only place that knows SQLite."""
