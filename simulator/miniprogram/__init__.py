"""The shipped mini-program in a browser: `harness/` builds its files, `runtime/` plays WeChat around them.

Used by the simulator's phones and by the tests; needs Node with its packages.
"""
