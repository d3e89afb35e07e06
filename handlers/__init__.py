"""Tornado's side: WeChat's callbacks, the pages, health and metrics.

A handler parses, asks a service and shows the answer; it decides nothing.
"""
