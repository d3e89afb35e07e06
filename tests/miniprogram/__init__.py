"""The mini-program's shipped files in a browser: `harness/` builds them, `runtime/` plays WeChat around them."""
