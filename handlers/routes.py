"""The pages' addresses, one table. `app` adds the rest and refuses to start when a handler declares no access."""

from __future__ import annotations

from tornado.routing import URLSpec

from handlers import (
    activities,
    bindings,
    boards,
    checks,
    consents,
    desks,
    families,
    files,
    home,
    homework,
    invitations,
    leaves,
    links,
    marking,
    message_acts,
    messages,
    mistakes,
    notices,
    offers,
    overruns,
    privacy,
    quiet,
    reach,
    reading,
    receipts,
    searching,
    sign_in,
    submissions,
    talk_acts,
    teach_homework,
)

_ID = r"([^/]{1,200})"
_BOARD = rf"/board/{_ID}"
_WORK = rf"/h5/homework/{_ID}/children/{_ID}"
_HOMEWORK = rf"/h5/teach/homework/{_ID}"
_THREAD = rf"/h5/messages/{_ID}"
_NOTICE = rf"/h5/teach/notices/{_ID}"


def routes() -> list[URLSpec]:
    """Every page inside WeChat, and what is open to anybody."""
    # Addresses are tried one after the other, and nothing is asked for as often as short links.
    return [*_open(), *_door(), *_family(), *_talk(), *_teach(), *_notices()]


def _open() -> list[URLSpec]:
    """What is open to anybody: short links, the board of homework, shelves, what WeChat fetches to be judged."""
    return [
        URLSpec(r"/l/([^/.]{1,200})", links.LinkHandler),
        URLSpec(r"/l/([^/.]{1,200})\.png", links.LinkPngHandler),
        URLSpec(r"/l/([^/.]{1,200})\.svg", links.LinkSvgHandler),
        URLSpec(_BOARD, boards.BoardHandler),
        URLSpec(rf"{_BOARD}/grades/{_ID}", boards.GradeBoardHandler),
        URLSpec(rf"{_BOARD}/classes/{_ID}", boards.ClassBoardHandler),
        URLSpec(rf"/links/{_ID}", links.ShelfHandler),
        URLSpec(rf"/links/{_ID}/search", searching.OpenSearchHandler),
        URLSpec(rf"/links/{_ID}/grades/{_ID}", links.GradeShelfHandler),
        URLSpec(rf"/links/{_ID}/classes/{_ID}", links.ClassShelfHandler),
        URLSpec(r"/checks/([A-Za-z0-9_-]{20,64})", checks.CheckHandler),
    ]


def _door() -> list[URLSpec]:
    """The way in: home, signing in, being bound, invited, let in at a desk."""
    return [
        URLSpec(r"/h5/?", home.HomeHandler),
        URLSpec(r"/h5/switch", home.SwitchHandler),
        URLSpec(r"/h5/sign-in", sign_in.SignInHandler),
        URLSpec(r"/h5/sign-in/return", sign_in.SignInReturnHandler),
        URLSpec(r"/h5/bind", bindings.BindHandler),
        URLSpec(r"/h5/i", invitations.CodeHandler),
        URLSpec(rf"/h5/i/{_ID}\.png", invitations.FollowPictureHandler),
        URLSpec(rf"/h5/i/{_ID}", invitations.InvitedHandler),
        URLSpec(rf"/h5/desk/{_ID}", desks.DeskHandler),
        URLSpec(rf"/h5/offer/{_ID}", offers.OfferHandler),
    ]


def _family() -> list[URLSpec]:
    """What a family sees and does; activities and leave also for a staff that is asked."""
    return [
        URLSpec(r"/h5/links", links.OwnShelfHandler),
        URLSpec(r"/h5/search", searching.OwnSearchHandler),
        URLSpec(r"/h5/children", families.ChildrenHandler),
        URLSpec(r"/h5/children/claims", families.OwnClaimsHandler),
        URLSpec(r"/h5/children/requests", families.FamilyClaimsHandler),
        URLSpec(rf"/h5/children/{_ID}/end", families.EndOwnHandler),
        URLSpec(rf"/h5/children/{_ID}/file", privacy.FamilyFileHandler),
        URLSpec(rf"/h5/children/{_ID}/mistakes", mistakes.MistakesHandler),
        URLSpec(rf"/h5/children/{_ID}/mistakes/{_ID}/{_ID}", mistakes.MistakePictureHandler),
        URLSpec(r"/h5/me", privacy.MeHandler),
        URLSpec(rf"/h5/me/files/{_ID}", privacy.FamilyFileDownloadHandler),
        URLSpec(r"/h5/me/quiet", quiet.QuietHandler),
        URLSpec(r"/h5/me/erase", privacy.EraseHandler),
        URLSpec(r"/h5/me/erase/confirm", privacy.EraseConfirmHandler),
        URLSpec(r"/h5/me/erase/keep", privacy.EraseKeepHandler),
        URLSpec(r"/h5/consents", consents.ConsentsHandler),
        URLSpec(rf"/h5/consents/{_ID}/refuse", consents.RefuseHandler),
        URLSpec(r"/h5/notices", reading.NoticeListHandler),
        URLSpec(rf"/h5/notices/{_ID}", reading.NoticeHandler),
        URLSpec(rf"/h5/notices/{_ID}/confirm", reading.ConfirmHandler),
        URLSpec(rf"/h5/notices/{_ID}/files/{_ID}", files.AttachmentHandler),
        URLSpec(r"/h5/homework", homework.EveningsHandler),
        URLSpec(rf"/h5/homework/{_ID}/took", homework.TookHandler),
        URLSpec(_WORK, submissions.WorkHandler),
        URLSpec(rf"{_WORK}/files", submissions.BringWorkHandler),
        URLSpec(rf"{_WORK}/files/{_ID}", submissions.WorkFileHandler),
        URLSpec(r"/h5/activities", activities.AskedHandler),
        URLSpec(rf"/h5/activities/{_ID}", activities.ActivityHandler),
        URLSpec(rf"/h5/activities/{_ID}/files", activities.BringHandler),
        URLSpec(rf"/h5/activities/{_ID}/withdrawal", activities.WithdrawAnswerHandler),
        URLSpec(r"/h5/leaves", leaves.LeavesHandler),
        URLSpec(rf"/h5/leaves/{_ID}/withdrawal", leaves.WithdrawLeaveHandler),
    ]


def _talk() -> list[URLSpec]:
    """Conversations, of families and of a staff."""
    return [
        URLSpec(r"/h5/messages", messages.ThreadsHandler),
        URLSpec(r"/h5/messages/new", talk_acts.NewThreadHandler),
        URLSpec(_THREAD, messages.ThreadHandler),
        URLSpec(rf"{_THREAD}/files", talk_acts.ThreadFilesHandler),
        URLSpec(rf"{_THREAD}/state", talk_acts.FeedbackStateHandler),
        URLSpec(rf"{_THREAD}/give", talk_acts.HandOverHandler),
        URLSpec(rf"{_THREAD}/news", messages.ThreadNewsHandler),
        URLSpec(rf"{_THREAD}/read", messages.ThreadReadHandler),
        URLSpec(rf"{_THREAD}/mute", messages.MuteHandler),
        URLSpec(rf"{_THREAD}/question", messages.QuestionHandler),
        URLSpec(rf"{_THREAD}/{_ID}/recall", messages.RecallHandler),
        URLSpec(rf"{_THREAD}/{_ID}/act", message_acts.MessageActHandler),
        URLSpec(rf"{_THREAD}/{_ID}/report", message_acts.MessageReportHandler),
        URLSpec(rf"{_THREAD}/{_ID}/files/{_ID}", messages.MessageFileHandler),
    ]


def _teach() -> list[URLSpec]:
    """What a teacher does, but for notices."""
    return [
        URLSpec(r"/h5/teach/leaves", leaves.TeachLeavesHandler),
        URLSpec(r"/h5/teach/?", notices.TeachHandler),
        URLSpec(r"/h5/teach/counts", notices.CountsHandler),
        URLSpec(r"/h5/teach/forecast", reach.ForecastHandler),
        URLSpec(r"/h5/teach/files", files.UploadHandler),
        URLSpec(rf"/h5/teach/files/{_ID}", files.OwnFileHandler),
        URLSpec(r"/h5/teach/claims", bindings.ClaimsHandler),
        URLSpec(r"/h5/teach/overruns", overruns.OverrunsHandler),
        URLSpec(r"/h5/teach/homework", teach_homework.SetHomeworkHandler),
        URLSpec(r"/h5/teach/homework/new", teach_homework.NewHomeworkHandler),
        URLSpec(r"/h5/teach/homework/evening", teach_homework.EveningHandler),
        URLSpec(_HOMEWORK, teach_homework.OwnHomeworkHandler),
        URLSpec(rf"{_HOMEWORK}/edit", teach_homework.EditHomeworkHandler),
        URLSpec(rf"{_HOMEWORK}/ask", teach_homework.AskHandler),
        URLSpec(rf"{_HOMEWORK}/withdraw", teach_homework.WithdrawHomeworkHandler),
        URLSpec(rf"{_HOMEWORK}/work", marking.PileHandler),
        URLSpec(rf"{_HOMEWORK}/work/{_ID}", marking.MarkHandler),
        URLSpec(r"/h5/teach/families", families.FamiliesHandler),
        URLSpec(r"/h5/teach/families/try", families.TryHandler),
        URLSpec(rf"/h5/teach/families/{_ID}/{_ID}", families.BindingHandler),
        URLSpec(rf"/h5/teach/families/{_ID}/{_ID}/end", families.EndHandler),
        URLSpec(r"/h5/teach/invite", invitations.InviteHandler),
        URLSpec(rf"/h5/teach/invite/{_ID}\.png", invitations.InvitePictureHandler),
        URLSpec(rf"/h5/teach/invite/{_ID}/sheet", invitations.SheetHandler),
    ]


def _notices() -> list[URLSpec]:
    """A notice on its way out: written, followed, corrected."""
    return [
        URLSpec(r"/h5/teach/notices/new", notices.NewNoticeHandler),
        URLSpec(_NOTICE, receipts.ReceiptsHandler),
        URLSpec(rf"{_NOTICE}/live", receipts.LiveHandler),
        URLSpec(rf"{_NOTICE}/receipts\.xlsx", receipts.ExportHandler),
        URLSpec(rf"{_NOTICE}/guardians/{_ID}/{_ID}", receipts.LedgerHandler),
        URLSpec(rf"{_NOTICE}/guardians/{_ID}/{_ID}/signature", receipts.SignatureHandler),
        URLSpec(rf"{_NOTICE}/edit", notices.EditNoticeHandler),
        URLSpec(rf"{_NOTICE}/remind", notices.RemindHandler),
        URLSpec(rf"{_NOTICE}/withdraw", notices.WithdrawHandler),
    ]
