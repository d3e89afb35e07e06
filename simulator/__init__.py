"""A WeChat that runs on this machine.

The one seam to WeChat for demos, tests and benches: the API it offers, the callbacks it sends,
and phones to look at in a browser. It checks what it is sent as strictly as WeChat does and can be
told to misbehave. It imports nothing of the project's other rooms and does its own signing and
encryption, so that the project's is tested against an independent one.
"""
