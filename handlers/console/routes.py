"""The console's addresses, one table."""

from __future__ import annotations

from tornado.routing import URLSpec

from handlers.console import (
    audit,
    calendar,
    home,
    imports,
    invitations,
    places,
    quarantine,
    registration,
    roles,
    rollovers,
    settings,
    sign_in,
    sso,
)

_ID = r"([^/]{1,200})"
_REGISTRATION = r"/console/registration"


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
        URLSpec(r"/console/imports", imports.ImportsHandler),
        URLSpec(r"/console/imports/upload", imports.ImportUploadHandler),
        URLSpec(r"/console/imports/template", imports.ImportTemplateHandler),
        URLSpec(rf"/console/imports/{_ID}", imports.ImportHandler),
        URLSpec(rf"/console/imports/{_ID}/live", imports.ImportLiveHandler),
        URLSpec(rf"/console/imports/{_ID}/ticks", imports.ImportTicksHandler),
        URLSpec(rf"/console/imports/{_ID}/apply", imports.ImportApplyHandler),
        URLSpec(rf"/console/imports/{_ID}/again", imports.ImportAgainHandler),
        URLSpec(rf"/console/imports/{_ID}/drop", imports.ImportDropHandler),
        URLSpec(rf"/console/imports/{_ID}/report", imports.ImportReportHandler),
        URLSpec(r"/console/quarantine", quarantine.QuarantineHandler),
        URLSpec(r"/console/invitations", invitations.InvitationsHandler),
        URLSpec(r"/console/invitations/sheet", invitations.SheetHandler),
        URLSpec(rf"/console/invitations/{_ID}", invitations.ClassInvitationsHandler),
        URLSpec(rf"/console/invitations/{_ID}/cards", invitations.RevokeCardsHandler),
        URLSpec(rf"/console/invitations/{_ID}/mini", invitations.MiniCodeHandler),
        URLSpec(r"/console/roles", roles.RolesHandler),
        URLSpec(r"/console/roles/offer", roles.OfferHandler),
        URLSpec(r"/console/roles/heads", roles.HeadTeachersHandler),
        URLSpec(r"/console/roles/revoke", roles.RevokeHandler),
        URLSpec(r"/console/roles/end", roles.EndHandler),
        URLSpec(r"/console/places", places.PlacesHandler),
        URLSpec(r"/console/places/new", places.NewPlaceHandler),
        URLSpec(r"/console/places/edit", places.EditPlaceHandler),
        URLSpec(r"/console/settings", settings.SettingsHandler),
        URLSpec(r"/console/settings/sign-out", settings.SignOutEverywhereHandler),
        URLSpec(r"/console/audit", audit.AuditHandler),
        URLSpec(r"/console/audit/check", audit.AuditCheckHandler),
        URLSpec(r"/console/audit/export", audit.AuditExportHandler),
        URLSpec(_REGISTRATION, registration.RegistrationHandler),
        URLSpec(rf"{_REGISTRATION}/regions/{_ID}", registration.RegionHandler),
        URLSpec(rf"{_REGISTRATION}/regions/{_ID}/list\.xlsx", registration.RegionFileHandler),
        URLSpec(rf"{_REGISTRATION}/schools/{_ID}", registration.SchoolHandler),
        URLSpec(rf"{_REGISTRATION}/schools/{_ID}/list\.xlsx", registration.SchoolFileHandler),
        URLSpec(rf"{_REGISTRATION}/schools/{_ID}/teachers", registration.StaffHandler),
        URLSpec(rf"{_REGISTRATION}/classes/{_ID}", registration.ClassHandler),
        URLSpec(rf"{_REGISTRATION}/classes/{_ID}/list\.xlsx", registration.ClassFileHandler),
        URLSpec(rf"{_REGISTRATION}/classes/{_ID}/print", registration.ClassPrintHandler),
        URLSpec(r"/console/rollover", rollovers.RolloverHandler),
        URLSpec(r"/console/rollover/school", rollovers.RolloverSchoolHandler),
        URLSpec(r"/console/rollover/confirm", rollovers.RolloverConfirmHandler),
        URLSpec(r"/console/rollover/progress", rollovers.RolloverProgressHandler),
        URLSpec(r"/console/rollover/undo", rollovers.RolloverUndoHandler),
        URLSpec(r"/console/sso/start", sso.SsoStartHandler),
        URLSpec(r"/console/sso/return", sso.SsoReturnHandler),
        URLSpec(r"/console/sso/link", sso.SsoLinkHandler),
        URLSpec(r"/console/sso/unlink", sso.SsoUnlinkHandler),
    ]
