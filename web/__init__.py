"""The outside world beyond WeChat: pages that a shelf leads to, looked at carefully.

The only room that asks hosts which people have typed. It never connects to an address that isn't public, follows no
redirect by itself, and reads no more than it was told to. Nothing of ours is sent along.
"""
