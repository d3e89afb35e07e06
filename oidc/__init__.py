"""Single sign-on: what an OpenID Connect provider says about who somebody is, proved before it is believed.

The only room that knows Authlib and joserfc. It asks the provider that the operator has named and
nobody else, and hands out one thing: the subject that a valid ID token is about. Who that is here,
and whether they may come in, is not decided in this room.
"""
