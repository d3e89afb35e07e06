"""Subscription messages of the mini-program: what people accepted, and WeChat's checks of what is sent.

One accept of a one-time template is one message; of a long-term one it is all until it is switched off. Nothing
here waits.
"""

import re
from typing import Any

from simulator.answers import OK, Refusal
from simulator.fields import find_bad_field
from simulator.world import Entry, Template, User, World

STATES = {"developer", "trial", "formal"}
LANGUAGES = {"zh_CN", "en_US", "zh_HK", "zh_TW"}
_PAGE = re.compile(r"[\w-]+(/[\w-]+)*(\?[^\s#]*)?", re.ASCII)
PAGE_BYTES = 1024
POPUP, CHANGE, SENT = (
    "subscribe_msg_popup_event",
    "subscribe_msg_change_event",
    "subscribe_msg_sent_event",
)


class BadAnswer(ValueError):
    """An answer that a phone could not give."""


def answer_prompt(world: World, user: User, answers: dict[str, str]) -> list[dict[str, str]]:
    """Somebody answered WeChat's sheet: accept or reject, by template. Returns the event's items.

    Raises:
        BadAnswer: no such template, more than five, both kinds at once, or another word.
    """
    asked = [_template(world, template_id) for template_id in answers]
    if not 1 <= len(asked) <= 5 or len({template.long_term for template in asked}) > 1:
        raise BadAnswer("one to five templates of one kind")
    if set(answers.values()) - {"accept", "reject"}:
        raise BadAnswer("accept or reject")
    items = []
    for template in asked:
        said = answers[template.id]
        if said == "accept" and template.id in user.switched_off:
            user.switched_off.remove(template.id)
        if said == "accept":
            credits = user.subscribed.get(template.id, 0)
            user.subscribed[template.id] = 1 if template.long_term else credits + 1
        items.append({"TemplateId": template.id, "SubscribeStatusString": said, "PopupScene": "0"})
    world.changes += 1
    return items


def switch_off(world: World, user: User, template_ids: list[str]) -> list[dict[str, str]]:
    """Somebody takes their word back in WeChat's settings: nothing accepted before counts any more."""
    for template_id in template_ids:
        _template(world, template_id)
        user.subscribed.pop(template_id, None)
        if template_id not in user.switched_off:
            user.switched_off.append(template_id)
    world.changes += 1
    return [{"TemplateId": one, "SubscribeStatusString": "reject"} for one in template_ids]


def _template(world: World, template_id: str) -> Template:
    template = world.mini_templates.get(template_id)
    if template is None:
        raise BadAnswer("no such template")
    return template


def sent_items(world: World, record: Entry) -> list[dict[str, str]]:
    """What became of a message that was taken."""
    arrived = world.faults.finish_status == "success"
    return [
        {
            "TemplateId": record["template_id"],
            "MsgID": record["id"],
            "ErrorCode": "0" if arrived else "1",
            "ErrorStatus": world.faults.finish_status,
        }
    ]


def find_mini_receiver(world: World, body: dict[str, Any]) -> User:
    """The person behind an openid of the mini-program.

    Raises:
        Refusal: 40003 for an openid that is not of this mini-program (the account's are others).
    """
    user = world.find_mini_user(body.get("touser"))
    if user is None:
        raise Refusal(40003)
    return user


def send_subscribe(world: World, body: dict[str, Any], user: User) -> tuple[dict[str, Any], Entry]:
    """Check and accept a subscription message. Nothing here knows a repetition: each call is one message.

    Raises:
        Refusal: 40037, 47003 with the field's name, 41030, 43101 when nothing accepted is left.
    """
    template = world.mini_templates.get(str(body.get("template_id", "")))
    if template is None:
        raise Refusal(40037)
    if body.get("miniprogram_state") not in STATES:
        raise Refusal(47003, "miniprogram_state")
    if body.get("lang") not in LANGUAGES:
        raise Refusal(47003, "lang")
    page = body.get("page", "")
    if page and not (
        isinstance(page, str) and len(page.encode()) <= PAGE_BYTES and _PAGE.fullmatch(page)
    ):
        raise Refusal(41030)
    data = body.get("data")
    if not isinstance(data, dict):
        raise Refusal(47003, "data")
    bad = find_bad_field(template.checks, data)
    if bad:
        raise Refusal(47003, f"data.{bad}.value invalid")
    if template.id in user.switched_off or not user.subscribed.get(template.id):
        raise Refusal(43101)
    if not template.long_term:
        user.subscribed[template.id] -= 1
    record: Entry = {
        "id": str(world.next_id()),
        "at": world.clock(),
        "side": "mini",
        "kind": "subscribe",
        "openid": world.mini_openid(user),
        "template_id": template.id,
        "data": {key: field["value"] for key, field in data.items()},
        "page": page,
    }
    world.accept_mini(user, record)
    # WeChat's documents promise no msgid; it is there all the same, most of the time.
    answer = {**OK, "msgid": int(record["id"])} if world.faults.subscribe_msgid else OK
    return answer, record
