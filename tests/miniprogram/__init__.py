"""The mini-program's shipped files in a browser, as `simulator/miniprogram/` builds and runs them."""
