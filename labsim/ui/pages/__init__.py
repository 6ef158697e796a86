"""What does each page show? One file a page."""
