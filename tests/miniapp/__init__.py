"""Tests of miniapp/."""
