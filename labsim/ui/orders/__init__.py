"""How is each kind of order given? Controls made from the registry of decisions, and purpose-built ones."""
