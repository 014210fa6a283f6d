"""Floor 2: one protocol machine a module, without input or output of its own."""
