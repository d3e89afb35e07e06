"""Processes killed on purpose, in the middle of what they do best."""
