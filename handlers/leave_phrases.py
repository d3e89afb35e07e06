"""Whether a family has heard of a decision on leave, as its school is told. Nobody is reminded: their list has it."""

from __future__ import annotations

from datetime import datetime

from domain.channels import Reason
from domain.receipts import Receipt
from handlers import phrases
from services.leave_receipts import LeaveReceipt

_SAYS = {
    Receipt.CONFIRMED: "家长看过了",
    Receipt.READ: "家长看过了",
    Receipt.DELIVERED: "微信已送达家长",
    Receipt.NEVER_BOUND: "现在没有绑定的家长，请直接联系",
}
_MISSED = "微信未送达，家长打开后能看到"
# Where the words of a notice speak of reminding, or of a notice.
_REASONS = {
    Reason.QUOTA: "今天的模板消息额度用完了；急的话请直接联系",
    Reason.SYSTEM_FAILED: "微信系统没能送到；急的话请直接联系",
    Reason.BOUND_LATER: "您决定之后才绑定的",
}
_GAVE_UP = "微信一直连不上，已停止重试；急的话请直接联系"


def leave_says(receipt: LeaveReceipt, now: datetime) -> str:
    """How far it has come."""
    if receipt.state is None:
        due = receipt.due_at
        return f"{phrases.moment(due, now)} 告诉家长，不打扰休息" if due else "正在告诉家长"
    if receipt.waiting:
        return "微信还没送到，家长打开后能看到" if receipt.reason else "正在告诉家长"
    return _SAYS.get(receipt.state, _MISSED)


def leave_reason(receipt: LeaveReceipt) -> str:
    """Why it did not arrive, if it did not and that is known."""
    if receipt.reason is None:
        return ""
    if receipt.reason is Reason.WECHAT_DOWN and not receipt.waiting:
        return _GAVE_UP
    return _REASONS.get(receipt.reason) or phrases.reason_text(receipt.reason)
