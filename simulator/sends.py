"""Template and customer-service messages: WeChat's checks, in WeChat's order.

Nothing here waits; the delay between taking a message and answering is api.py's.
"""

from typing import Any

from simulator.answers import OK, Refusal
from simulator.fields import find_bad_field
from simulator.world import DEDUPE_SECONDS, Entry, User, World

URL_BYTES = 1024
TEXT_BYTES = 2048


def find_receiver(world: World, body: dict[str, Any]) -> User:
    """The person a message is for.

    Raises:
        Refusal: 40003 for an openid that is not of this account.
    """
    openid = body.get("touser")
    user = world.by_openid.get(openid) if isinstance(openid, str) else None
    if user is None:
        raise Refusal(40003)
    return user


def send_template(world: World, body: dict[str, Any], user: User) -> tuple[Entry, Entry | None]:
    """Check and accept a template message.

    Returns:
        The answer, and the ledger's record when the message is new (None for a repeated
        client_msg_id, which is answered with the first one's msgid and delivered no second time).

    Raises:
        Refusal: 40037, 47003 with the field's name, 40039, 40048, 43004, 45009.
    """
    now = world.clock()
    client_id = body.get("client_msg_id", "")
    if not isinstance(client_id, str) or len(client_id) > 64:
        raise Refusal(47003, "client_msg_id")
    known = world.recent_ids.get((user.openid, client_id)) if client_id else None
    if known is not None and now - known[1] < DEDUPE_SECONDS:
        return {"errcode": 0, "errmsg": "ok", "msgid": known[0]}, None
    template = world.templates.get(body.get("template_id", ""))
    if template is None:
        raise Refusal(40037)
    data = body.get("data")
    if not isinstance(data, dict):
        raise Refusal(47003, "data")
    bad = find_bad_field(template.checks, data)
    if bad:
        raise Refusal(47003, f"data.{bad}.value invalid")
    url = check_link(world, body.get("url", ""))
    if not user.following:
        raise Refusal(43004)
    if not world.spend_template_quota():
        raise Refusal(45009)
    msgid = world.next_id()
    record: Entry = {
        "id": str(msgid),
        "at": now,
        "side": "account",
        "kind": "template",
        "openid": user.openid,
        "client_msg_id": client_id,
        "template_id": template.id,
        "data": {key: field["value"] for key, field in data.items()},
        "url": url,
    }
    if client_id:
        world.recent_ids[user.openid, client_id] = (msgid, now)
    world.accept(user, record, client_id=client_id)
    if not world.is_blocking(user) and world.faults.finish_status == "success":
        world.put(user, record)
    return {"errcode": 0, "errmsg": "ok", "msgid": msgid}, record


def check_link(world: World, url: Any) -> str:
    """A link of a message: none, https, or the application's own address.

    Raises:
        Refusal: 40039 when it is too long, 40048 when it leads elsewhere.
    """
    if not url:
        return ""
    if not isinstance(url, str) or len(url.encode()) > URL_BYTES:
        raise Refusal(40039)
    if not world.is_link_allowed(url):
        raise Refusal(40048)
    return url


def send_custom(world: World, body: dict[str, Any], user: User) -> dict[str, Any]:
    """Check and deliver a customer-service message (text or news).

    Raises:
        Refusal: 40008, 45002, 45008, 47003, 43004, 45015 outside the window, 45047 when its
            messages are used up.
    """
    entry = _read_custom(world, body)
    if not user.following:
        raise Refusal(43004)
    window, code = world.find_window(user)
    if window is None:
        raise Refusal(code)
    window.left -= 1
    entry["openid"] = user.openid
    if not world.is_blocking(user):
        world.put(user, entry)
    else:
        entry |= {"id": str(world.next_id()), "at": world.clock()}
    world.accept(user, entry)
    return OK


def _read_custom(world: World, body: dict[str, Any]) -> Entry:
    kind = body.get("msgtype")
    if kind not in {"text", "news"}:
        raise Refusal(40008)
    part = body.get(kind)
    if not isinstance(part, dict):
        raise Refusal(47003, str(kind))
    if kind == "text":
        text = part.get("content")
        if not isinstance(text, str) or not text:
            raise Refusal(47003, "text.content")
        if len(text.encode()) > TEXT_BYTES:
            raise Refusal(45002)
        return {"side": "account", "kind": "text", "via": "custom", "text": text}
    articles = part.get("articles")
    if not isinstance(articles, list) or len(articles) != 1:
        raise Refusal(45008)
    article = articles[0]
    if not isinstance(article, dict) or not isinstance(article.get("title"), str):
        raise Refusal(47003, "news.articles.title")
    item = {
        "title": article["title"],
        "description": str(article.get("description", "")),
        "url": check_link(world, article.get("url", "")),
        "picurl": str(article.get("picurl", "")),
    }
    return {"side": "account", "kind": "news", "via": "custom", "articles": [item]}
