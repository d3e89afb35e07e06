"""Tests of single sign-on against a real provider: Django OAuth Toolkit, a process of its own."""
