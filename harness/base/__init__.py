"""Floor 0: addresses, clock and entropy, errors, events, and the words spoken to a radio."""
