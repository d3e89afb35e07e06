"""Asking hosts outside."""
