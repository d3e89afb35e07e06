"""Pure rules and data: no async, no I/O, no clock, no ids made here (they are handed in)."""
