"""The mini-program: its push address, its JSON API and, in client/, the program itself."""
