"""The words of what WeChat shows by itself: template cards and customer-service messages. One place for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.bindings import ClaimState, Ending, EndReason
from domain.names import masked_name
from domain.notices import ConfirmMode, Notice, card_title
from domain.times import school_text
from services.context import Policy, TemplateCard

_HINTS = {
    ConfirmMode.NONE: "点开查看",
    ConfirmMode.TAP: "点开查看，看完请点“我已知晓”",
    ConfirmMode.SIGN: "点开查看，看完请签名",
}
# Title, result (WeChat: a `phrase` field takes 5 characters), text.
_DECISIONS = {
    ClaimState.WAITING: (
        "有家长申请绑定",
        "待您确认",
        "有家长等您确认，请点开看看是不是本班家长。",
    ),
    ClaimState.APPROVED: (
        "孩子绑定成功",
        "绑定成功",
        "老师已确认，您可以收到孩子班级的通知了。",
    ),
    ClaimState.REFUSED: (
        "孩子绑定未通过",
        "绑定未通过",
        "老师没有通过这次绑定。如有疑问，请直接联系班主任。",
    ),
}
_END_REASONS = {
    EndReason.WRONG: "原因：绑错了。如果其实没有绑错，可以重新申请，由老师确认。",
    EndReason.MOVED: "原因：转学。",
    EndReason.CUSTODY: "原因：监护变更。",
    EndReason.OTHER: "原因请直接问老师。",
}
_CHILD = "\0"  # where a card's text names the child


@dataclass(frozen=True, slots=True)
class Card:
    """What one adult is sent: words for a template's fields, title and text for a message, and where it leads."""

    words: Mapping[str, str]
    title: str
    text: str
    url: str


def template_data(template: TemplateCard, card: Card) -> dict[str, str]:
    """The card in the fields of the account's own template."""
    return {key: card.words[word] for key, word in template.fields.items()}


def notice_url(policy: Policy, notice_id: str) -> str:
    """Where a guardian opens a notice."""
    return f"{policy.public_url}/h5/notices/{notice_id}"


def notice_card(
    policy: Policy, notice: Notice, *, purpose: str, school: str, school_class: str
) -> Card:
    """A notice as WeChat shows it, but for the child it is about (`for_child`)."""
    title = card_title(notice.current.title, purpose)
    hint = "老师撤回了这条通知" if purpose == "withdraw" else _HINTS[notice.confirm]
    return Card(
        words={
            "title": title,
            "school": school[:20],
            "class": school_class[:20],
            "sender": notice.author_name[:10],
            "time": school_text(notice.publish_at),
        },
        title=title,
        text=f"{notice.author_name}（{school_class}）给{_CHILD}的家长：{hint}",
        url=notice_url(policy, notice.id),
    )


def for_child(card: Card, child: str) -> Card:
    """The card with the child's name in it, masked: a minor's name does not go through WeChat as it is."""
    return Card(card.words, card.title, card.text.replace(_CHILD, masked_name(child)), card.url)


def claim_card(policy: Policy, state: ClaimState, *, at: datetime) -> Card:
    """What became of a request to be bound, or that one waits."""
    title, result, text = _DECISIONS[state]
    page = "/h5/teach/claims" if state is ClaimState.WAITING else "/h5/"
    return Card(
        words={"title": title, "result": result, "time": school_text(at)},
        title=title,
        text=text,
        url=policy.public_url + page,
    )


def ending_card(policy: Policy, ending: Ending, *, by: str) -> Card:
    """A binding was ended by staff. Whoever gets this is bound no more, so it says nothing of the child."""
    title = "孩子绑定已解除"
    reason = _END_REASONS.get(ending.reason, "")
    return Card(
        words={"title": title, "result": "已解除绑定", "time": school_text(ending.at)},
        title=title,
        text=f"{by or '老师'}解除了您的一个孩子绑定，以后不再收到这个孩子的通知。{reason}",
        url=policy.public_url + "/h5/children",
    )
