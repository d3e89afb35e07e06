"""The console's addresses, one table."""

from __future__ import annotations

from tornado.routing import URLSpec

from handlers.console import calendar, home, sign_in, sso


def routes() -> list[URLSpec]:
    """Every page at a desk."""
    return [
        URLSpec(r"/console/?", home.HomeHandler),
        URLSpec(r"/console/sign-in", sign_in.SignInHandler),
        URLSpec(r"/console/sign-in/wait", sign_in.SignInWaitHandler),
        URLSpec(r"/console/sign-out", sign_in.SignOutHandler),
        URLSpec(r"/console/switch", sign_in.SwitchHandler),
        URLSpec(r"/console/calendar", calendar.CalendarHandler),
        URLSpec(r"/console/calendar/term", calendar.TermHandler),
        URLSpec(r"/console/calendar/remove", calendar.TermRemovalHandler),
        URLSpec(r"/console/sso/start", sso.SsoStartHandler),
        URLSpec(r"/console/sso/return", sso.SsoReturnHandler),
        URLSpec(r"/console/sso/link", sso.SsoLinkHandler),
        URLSpec(r"/console/sso/unlink", sso.SsoUnlinkHandler),
    ]
