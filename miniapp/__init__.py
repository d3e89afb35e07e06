"""The mini-program's side of the server: today, the address WeChat pushes to."""
