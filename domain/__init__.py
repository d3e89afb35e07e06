"""Pure rules and data of a school and its families.

Nothing here is async, reads a clock, makes an id or touches the outside: times and ids are handed in.
"""
