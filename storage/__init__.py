"""The stores: the only room that imports a MongoDB or Redis driver.

One store a noun; nothing driver-specific leaves this room.
"""
