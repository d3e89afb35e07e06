"""What runs outside a request, registered by name on the job queue.

The only room that imports the queue library; payloads are ids, and every effect is conditional,
because a job may run more than once.
"""
