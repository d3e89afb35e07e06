"""The console's addresses, area by area. Of two that fit the first counts, so an area has all below its own."""

from __future__ import annotations

from tornado.routing import URLSpec

from handlers.console import (
    activities,
    audit,
    calendar,
    circles,
    claims,
    classes,
    duty,
    editions,
    groups,
    guardians,
    home,
    imports,
    invitations,
    leaves,
    links,
    messages,
    missing,
    monitors,
    own_activities,
    people,
    places,
    pupils,
    quarantine,
    registration,
    reports,
    resource_desk,
    resource_figures,
    resource_packages,
    resource_reviews,
    resources,
    reviews,
    roles,
    rollovers,
    searching,
    settings,
    sign_in,
    sso,
    use,
    word_lists,
)

_ID = r"([^/]{1,200})"
_PLACES = "(regions|schools)"
_PLACES_AND_CLASSES = "(regions|schools|classes)"
_REGISTRATION = r"/console/registration"
_HOMEWORK = "/console/homework"
_REPORTS = "/console/reports"
_USE = "/console/use"
_THEMES = "/console/activities/themes"
_CIRCLES = "/console/circles"
_OWN = rf"/console/own-activities/{_ID}"
_PEOPLE = "/console/people"
_RESOURCES = "/console/resources"
_THREAD = rf"/console/messages/{_ID}"
_FIGURES = "/console/resources/figures"


def routes() -> list[URLSpec]:
    """Every page at a desk."""
    return [
        *_door(),
        *_office(),
        *_lists(),
        *_people(),
        *_figures(),
        *_talk(),
        *_activities(),
        *_links(),
        URLSpec(r"/console/.*", missing.MissingHandler),
    ]


def _door() -> list[URLSpec]:
    """The way in and out, and home."""
    return [
        URLSpec(r"/console/?", home.HomeHandler),
        URLSpec(r"/console/sign-in", sign_in.SignInHandler),
        URLSpec(r"/console/sign-in/wait", sign_in.SignInWaitHandler),
        URLSpec(r"/console/sign-out", sign_in.SignOutHandler),
        URLSpec(r"/console/switch", sign_in.SwitchHandler),
        URLSpec(r"/console/sso/start", sso.SsoStartHandler),
        URLSpec(r"/console/sso/return", sso.SsoReturnHandler),
        URLSpec(r"/console/sso/link", sso.SsoLinkHandler),
        URLSpec(r"/console/sso/unlink", sso.SsoUnlinkHandler),
    ]


def _office() -> list[URLSpec]:
    """What a place is, who is what there, and what was done."""
    return [
        URLSpec(r"/console/calendar", calendar.CalendarHandler),
        URLSpec(r"/console/calendar/term", calendar.TermHandler),
        URLSpec(r"/console/calendar/remove", calendar.TermRemovalHandler),
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
        URLSpec(r"/console/audit/recalled", audit.RecalledHandler),
        URLSpec(rf"/console/audit/recalled/{_ID}/files/{_ID}", audit.RecalledFileHandler),
        URLSpec(r"/console/audit/check", audit.AuditCheckHandler),
        URLSpec(r"/console/audit/export", audit.AuditExportHandler),
        URLSpec(r"/console/editions", editions.EditionsHandler),
        URLSpec(r"/console/rollover", rollovers.RolloverHandler),
        URLSpec(r"/console/rollover/school", rollovers.RolloverSchoolHandler),
        URLSpec(r"/console/rollover/confirm", rollovers.RolloverConfirmHandler),
        URLSpec(r"/console/rollover/progress", rollovers.RolloverProgressHandler),
        URLSpec(r"/console/rollover/undo", rollovers.RolloverUndoHandler),
        URLSpec(r"/console/classes", classes.ClassesHandler),
        URLSpec(rf"/console/classes/{_ID}", classes.ClassHandler),
        URLSpec(rf"/console/classes/{_ID}/end", classes.EndClassHandler),
    ]


def _lists() -> list[URLSpec]:
    """Lists of pupils, and the cards that families come in by."""
    return [
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
    ]


def _people() -> list[URLSpec]:
    """Pupils and their guardians."""
    return [
        URLSpec(_PEOPLE, people.PeopleHandler),
        URLSpec(rf"{_PEOPLE}/new", pupils.NewPupilHandler),
        URLSpec(rf"{_PEOPLE}/guardians/{_ID}", people.AdultHandler),
        URLSpec(rf"{_PEOPLE}/files/{_ID}", guardians.FamilyExportFileHandler),
        URLSpec(rf"{_PEOPLE}/{_ID}", people.PupilHandler),
        URLSpec(rf"{_PEOPLE}/{_ID}/edit", pupils.EditPupilHandler),
        URLSpec(rf"{_PEOPLE}/{_ID}/move", pupils.MovePupilHandler),
        URLSpec(rf"{_PEOPLE}/{_ID}/leave", pupils.LeavePupilHandler),
        URLSpec(rf"{_PEOPLE}/{_ID}/erase", guardians.ErasePupilHandler),
        URLSpec(rf"{_PEOPLE}/{_ID}/lines/new", pupils.NewLineHandler),
        URLSpec(rf"{_PEOPLE}/{_ID}/lines/{_ID}", pupils.LineHandler),
        URLSpec(rf"{_PEOPLE}/{_ID}/lines/{_ID}/remove", pupils.RemoveLineHandler),
        URLSpec(rf"{_PEOPLE}/{_ID}/bindings/{_ID}", guardians.BindingHandler),
        URLSpec(rf"{_PEOPLE}/{_ID}/bindings/{_ID}/end", guardians.EndBindingHandler),
        URLSpec(rf"{_PEOPLE}/{_ID}/files/{_ID}", guardians.FamilyExportHandler),
        URLSpec(r"/console/claims", claims.ClaimsHandler),
    ]


def _figures() -> list[URLSpec]:
    """Who has registered, how much homework there is and what became of it, links, circles."""
    return [
        URLSpec(_REGISTRATION, registration.RegistrationHandler),
        URLSpec(rf"{_REGISTRATION}/regions/{_ID}", registration.RegionHandler),
        URLSpec(rf"{_REGISTRATION}/regions/{_ID}/list\.xlsx", registration.RegionFileHandler),
        URLSpec(rf"{_REGISTRATION}/schools/{_ID}", registration.SchoolHandler),
        URLSpec(rf"{_REGISTRATION}/schools/{_ID}/list\.xlsx", registration.SchoolFileHandler),
        URLSpec(rf"{_REGISTRATION}/schools/{_ID}/teachers", registration.StaffHandler),
        URLSpec(rf"{_REGISTRATION}/classes/{_ID}", registration.ClassHandler),
        URLSpec(rf"{_REGISTRATION}/classes/{_ID}/list\.xlsx", registration.ClassFileHandler),
        URLSpec(rf"{_REGISTRATION}/classes/{_ID}/print", registration.ClassPrintHandler),
        URLSpec(_HOMEWORK, monitors.MonitorHandler),
        URLSpec(rf"{_HOMEWORK}/{_PLACES}/{_ID}", monitors.MonitorHandler),
        URLSpec(rf"{_HOMEWORK}/{_PLACES}/{_ID}/list\.xlsx", monitors.MonitorFileHandler),
        URLSpec(rf"{_HOMEWORK}/classes/{_ID}", monitors.ClassMonitorHandler),
        URLSpec(_USE, use.UseHandler),
        URLSpec(rf"{_USE}/{_PLACES}/{_ID}", use.UseHandler),
        URLSpec(rf"{_USE}/{_PLACES_AND_CLASSES}/{_ID}/list\.xlsx", use.UseFileHandler),
        URLSpec(rf"{_USE}/classes/{_ID}", use.ClassUseHandler),
        URLSpec(rf"{_USE}/links/{_ID}", use.LinkUseHandler),
        URLSpec(rf"{_USE}/entries/{_ID}", use.EntryUseHandler),
        URLSpec(rf"{_USE}/entries/{_ID}/places/{_ID}", use.EntryUseHandler),
        URLSpec(_REPORTS, reports.ReportHandler),
        URLSpec(rf"{_REPORTS}/{_PLACES}/{_ID}", reports.ReportHandler),
        URLSpec(rf"{_REPORTS}/{_PLACES_AND_CLASSES}/{_ID}/list\.xlsx", reports.ReportFileHandler),
        URLSpec(rf"{_REPORTS}/classes/{_ID}", reports.ClassReportHandler),
        URLSpec(rf"{_REPORTS}/classes/{_ID}/homework/{_ID}", reports.HomeworkReportHandler),
        URLSpec(rf"{_REPORTS}/children/{_ID}", reports.ChildReportHandler),
        URLSpec(_CIRCLES, circles.CirclesHandler),
        URLSpec(rf"{_CIRCLES}/{_PLACES}/{_ID}", circles.CirclesHandler),
        URLSpec(rf"{_CIRCLES}/{_PLACES}/{_ID}/list\.xlsx", circles.CirclesFileHandler),
        URLSpec(rf"{_CIRCLES}/schools/{_ID}/{_ID}", circles.CircleTopicsHandler),
    ]


def _talk() -> list[URLSpec]:
    """Groups, conversations, and keeping them safe."""
    return [
        URLSpec(r"/console/groups", groups.GroupsHandler),
        URLSpec(r"/console/groups/rules", groups.RulesHandler),
        URLSpec(r"/console/groups/talk", groups.TalkHandler),
        URLSpec(r"/console/groups/research", groups.ResearchHandler),
        URLSpec(r"/console/groups/teachers", groups.TeacherHandler),
        URLSpec(r"/console/groups/committee", groups.CommitteeHandler),
        URLSpec(r"/console/groups/end", groups.EndHandler),
        URLSpec(r"/console/messages", messages.ThreadsHandler),
        URLSpec(r"/console/messages/new", messages.NewThreadHandler),
        URLSpec(_THREAD, messages.ThreadHandler),
        URLSpec(rf"{_THREAD}/files", messages.ThreadFilesHandler),
        URLSpec(rf"{_THREAD}/state", messages.FeedbackStateHandler),
        URLSpec(rf"{_THREAD}/give", messages.HandOverHandler),
        URLSpec(rf"{_THREAD}/news", messages.ThreadNewsHandler),
        URLSpec(rf"{_THREAD}/read", messages.ThreadReadHandler),
        URLSpec(rf"{_THREAD}/mute", messages.MuteHandler),
        URLSpec(rf"{_THREAD}/{_ID}/recall", messages.RecallHandler),
        URLSpec(rf"{_THREAD}/{_ID}/act", messages.MessageActHandler),
        URLSpec(rf"{_THREAD}/{_ID}/report", messages.MessageReportHandler),
        URLSpec(rf"{_THREAD}/{_ID}/files/{_ID}", messages.MessageFileHandler),
        URLSpec(r"/console/duty", duty.DutyHandler),
        URLSpec(r"/console/duty/off", duty.DutyOffHandler),
        URLSpec(r"/console/duty/repeat", duty.DutyRepeatHandler),
        URLSpec(r"/console/words", word_lists.WordListHandler),
        URLSpec(r"/console/reviews", reviews.ReviewsHandler),
        URLSpec(rf"/console/reviews/{_ID}/pictures/{_ID}", reviews.ReviewPictureHandler),
    ]


def _activities() -> list[URLSpec]:
    """Activities and leave."""
    return [
        URLSpec(r"/console/activities", activities.ActivitiesHandler),
        URLSpec(rf"/console/activities/{_ID}/list\.xlsx", activities.ActivityFileHandler),
        URLSpec(rf"{_THEMES}/regions/{_ID}", activities.RegionThemesHandler),
        URLSpec(rf"{_THEMES}/regions/{_ID}/list\.xlsx", activities.RegionThemesFileHandler),
        URLSpec(rf"{_THEMES}/schools/{_ID}", activities.SchoolThemesHandler),
        URLSpec(rf"{_THEMES}/schools/{_ID}/list\.xlsx", activities.SchoolThemesFileHandler),
        URLSpec(r"/console/own-activities", own_activities.OwnActivitiesHandler),
        URLSpec(r"/console/own-activities/new", own_activities.NewActivityHandler),
        URLSpec(_OWN, own_activities.OwnActivityHandler),
        URLSpec(rf"{_OWN}/change", own_activities.ChangeActivityHandler),
        URLSpec(rf"{_OWN}/list\.xlsx", own_activities.OwnActivityFileHandler),
        URLSpec(rf"{_OWN}/answers/{_ID}/files/{_ID}", own_activities.AnswerFileHandler),
        URLSpec(r"/console/leaves", leaves.LeavesHandler),
        URLSpec(r"/console/leaves/list\.xlsx", leaves.LeavesFileHandler),
        URLSpec(rf"/console/leaves/{_ID}/decision", leaves.LeaveDecisionHandler),
    ]


def _links() -> list[URLSpec]:
    """Shelves of links, and the library of resources."""
    return [
        URLSpec(r"/console/links", links.LinksHandler),
        URLSpec(r"/console/links/new", links.EntryHandler),
        URLSpec(r"/console/links/sheet", links.LinkSheetHandler),
        URLSpec(r"/console/links/search", searching.DeskSearchHandler),
        URLSpec(rf"/console/links/{_ID}", links.EntryHandler),
        URLSpec(_RESOURCES, resources.LibraryHandler),
        URLSpec(rf"{_RESOURCES}/own", resources.OwnHandler),
        URLSpec(rf"{_RESOURCES}/queue", resource_reviews.QueueHandler),
        URLSpec(rf"{_RESOURCES}/package", resource_packages.PackageHandler),
        URLSpec(rf"{_RESOURCES}/new", resource_desk.ResourceFormHandler),
        URLSpec(rf"{_RESOURCES}/files", resource_desk.FilesHandler),
        URLSpec(rf"{_RESOURCES}/files/{_ID}", resource_desk.FileHandler),
        URLSpec(rf"{_RESOURCES}/files/{_ID}/pieces", resource_desk.PieceHandler),
        URLSpec(_FIGURES, resource_figures.FiguresHandler),
        URLSpec(rf"{_FIGURES}/list\.xlsx", resource_figures.FiguresFileHandler),
        URLSpec(rf"{_FIGURES}/{_ID}", resource_figures.FiguresHandler),
        URLSpec(rf"{_FIGURES}/{_ID}/list\.xlsx", resource_figures.FiguresFileHandler),
        URLSpec(rf"{_FIGURES}/{_ID}/teachers/{_ID}", resource_figures.TeacherHandler),
        URLSpec(rf"{_RESOURCES}/{_ID}", resources.ResourceHandler),
        URLSpec(rf"{_RESOURCES}/{_ID}/edit", resource_desk.ResourceFormHandler),
        URLSpec(rf"{_RESOURCES}/{_ID}/package", resource_packages.OnePackageHandler),
        URLSpec(rf"{_RESOURCES}/{_ID}/decide", resource_reviews.DecisionHandler),
        URLSpec(rf"{_RESOURCES}/{_ID}/files/{_ID}", resources.ResourceFileHandler),
    ]
