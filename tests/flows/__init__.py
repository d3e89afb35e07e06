"""Stories through the real interfaces, one a file."""
