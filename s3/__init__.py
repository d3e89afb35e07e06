"""Files in a bucket that speaks S3: one bucket at one host, which the operator has named, and no other.

The only room that knows S3. It keeps bytes under keys, gives them back, and lets go of them; whose they are, and
whether anybody may have them, is not decided here.
"""
