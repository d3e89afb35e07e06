"""The pages' addresses, one table. `app` adds the rest and refuses to start when a handler declares no access."""

from __future__ import annotations

from tornado.routing import URLSpec

from handlers import (
    bindings,
    boards,
    consents,
    desks,
    families,
    files,
    home,
    homework,
    invitations,
    mistakes,
    notices,
    offers,
    overruns,
    privacy,
    reach,
    reading,
    receipts,
    sign_in,
)

_ID = r"([^/]{1,200})"
_BOARD = rf"/board/{_ID}"
_NOTICE = rf"/h5/teach/notices/{_ID}"


def routes() -> list[URLSpec]:
    """Every page inside WeChat, and the board of homework, which is open to anybody."""
    return [
        URLSpec(_BOARD, boards.BoardHandler),
        URLSpec(rf"{_BOARD}/grades/{_ID}", boards.GradeBoardHandler),
        URLSpec(rf"{_BOARD}/classes/{_ID}", boards.ClassBoardHandler),
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
        URLSpec(r"/h5/children", families.ChildrenHandler),
        URLSpec(r"/h5/children/claims", families.OwnClaimsHandler),
        URLSpec(r"/h5/children/requests", families.FamilyClaimsHandler),
        URLSpec(rf"/h5/children/{_ID}/end", families.EndOwnHandler),
        URLSpec(rf"/h5/children/{_ID}/file", privacy.FamilyFileHandler),
        URLSpec(rf"/h5/children/{_ID}/mistakes", mistakes.MistakesHandler),
        URLSpec(rf"/h5/children/{_ID}/mistakes/{_ID}/{_ID}", mistakes.MistakePictureHandler),
        URLSpec(r"/h5/me", privacy.MeHandler),
        URLSpec(rf"/h5/me/files/{_ID}", privacy.FamilyFileDownloadHandler),
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
        URLSpec(r"/h5/teach/?", notices.TeachHandler),
        URLSpec(r"/h5/teach/counts", notices.CountsHandler),
        URLSpec(r"/h5/teach/forecast", reach.ForecastHandler),
        URLSpec(r"/h5/teach/files", files.UploadHandler),
        URLSpec(rf"/h5/teach/files/{_ID}", files.OwnFileHandler),
        URLSpec(r"/h5/teach/claims", bindings.ClaimsHandler),
        URLSpec(r"/h5/teach/overruns", overruns.OverrunsHandler),
        URLSpec(r"/h5/teach/families", families.FamiliesHandler),
        URLSpec(r"/h5/teach/families/try", families.TryHandler),
        URLSpec(rf"/h5/teach/families/{_ID}/{_ID}", families.BindingHandler),
        URLSpec(rf"/h5/teach/families/{_ID}/{_ID}/end", families.EndHandler),
        URLSpec(r"/h5/teach/invite", invitations.InviteHandler),
        URLSpec(rf"/h5/teach/invite/{_ID}\.png", invitations.InvitePictureHandler),
        URLSpec(rf"/h5/teach/invite/{_ID}/sheet", invitations.SheetHandler),
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
