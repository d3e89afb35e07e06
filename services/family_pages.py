"""The family file's own page: Chinese, large print, nothing loaded from elsewhere; made piece by piece."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import quote

from domain.audit import Entry
from domain.bindings import BindingState, Claim, ClaimState, EndReason
from domain.channels import Channel
from domain.consent_texts import TEXTS
from domain.consents import ConsentEvent, Decision
from domain.deliveries import Attempt, Delivery, Result
from domain.names import teacher_name
from domain.notices import Notice, NoticeState, Version
from domain.times import school_text
from domain.timings import Timing
from services.audit_words import ACTS

_STYLE = """
body{max-width:46rem;margin:0 auto;padding:1.5rem 1rem 4rem;font:20px/1.7 "PingFang SC","Microsoft YaHei",sans-serif;
color:#1a1a1a;background:#fff}h1{font-size:1.7em;line-height:1.3}h2{margin:2.2em 0 .6em;font-size:1.3em;
border-bottom:2px solid #07c160}h3{margin:0 0 .2em;font-size:1.1em}section{margin:1.2em 0;padding:1em 1.1em;
border:1px solid #ddd;border-radius:.5em}p{margin:.3em 0}.soft{color:#555;font-size:.85em}a{color:#24518f}
table{width:100%;border-collapse:collapse;font-size:.9em}td,th{padding:.35em .5em;border-bottom:1px solid #ddd;
text-align:left;vertical-align:top}img{max-width:100%;max-height:9rem;background:#fff;border:1px solid #ddd}
.text{white-space:pre-wrap;overflow-wrap:anywhere}@media print{body{font-size:14pt}section{break-inside:avoid}}
"""
_CHANNELS = {
    Channel.TEMPLATE: "微信模板消息",
    Channel.LONG_TERM: "小程序订阅消息",
    Channel.ONE_TIME: "小程序订阅消息",
    Channel.SERVICE: "微信客服消息",
    Channel.IN_APP: "通知列表",
}
_RESULTS = {
    Result.DELIVERED: "送到了",
    Result.REFUSED: "微信拒收",
    Result.UNREACHABLE: "没有推送，在通知列表里",
}
_PURPOSES = {"publish": "首次发送", "remind": "提醒", "edit": "更正", "withdraw": "撤回说明"}
_CLAIMS = {
    ClaimState.WAITING: "等老师确认",
    ClaimState.APPROVED: "通过",
    ClaimState.REFUSED: "没有通过",
    ClaimState.WITHDRAWN: "自己撤回",
}
_ENDINGS = {
    EndReason.OWN: "自己解除",
    EndReason.WRONG: "绑错了",
    EndReason.MOVED: "转学",
    EndReason.CUSTODY: "监护变更",
    EndReason.OTHER: "其他",
    EndReason.EXPIRED: "到期",
    EndReason.PHONE: "名册上的号码换了",
    EndReason.LEFT: "孩子离校",
    EndReason.GRADUATED: "毕业",
}
Links = Mapping[str, str]  # a stored file's id → where it lies in the archive


def page_head(child: str, school_class: str, school: str, at: datetime) -> str:
    """How the page begins: whose file this is and what lies beside it."""
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(child)}的家庭档案</title><style>{_STYLE}</style></head><body>\n"
        f"<h1>{escape(child)}的家庭档案</h1>\n<p>{escape(school)} · {escape(school_class)}</p>\n"
        f'<p class="soft">{school_text(at)} 由雁书生成。这里是学校用雁书留下的、和这个孩子以及您自己有关的全部记录。'
        "不含其他家长和其他孩子的资料。</p>\n"
        '<p class="soft">不用装任何软件：直接看这一页就行。files 里是老师发的文件，signatures 里是您的签名，'
        "data 里是同样的内容，给电脑程序用。</p>\n"
    )


def page_end() -> str:
    """How it ends."""
    return "</body></html>\n"


def heading(text: str) -> str:
    """The next part."""
    return f"<h2>{escape(text)}</h2>\n"


def nothing() -> str:
    """A part that is empty."""
    return '<p class="soft">没有记录。</p>\n'


def table(rows: Iterable[tuple[str, str]]) -> str:
    """Names and what they are."""
    cells = "".join(f"<tr><th>{escape(n)}</th><td>{escape(v)}</td></tr>" for n, v in rows)
    return f"<table>{cells}</table>\n"


def notice_part(
    notice: Notice | None, delivery: Delivery, attempts: Sequence[Attempt], links: Links
) -> str:
    """One notice with every version, and what became of it here."""
    if notice is None:
        title, said = "（通知已按期限删除）", ""
    elif notice.state is NoticeState.WITHDRAWN:
        title, said = notice.current.title, '<p class="soft">老师撤回了这条通知，内容不再显示。</p>'
    else:
        title = notice.current.title
        said = "".join(_version(v, notice.current.number, links) for v in reversed(notice.versions))
    author = f"{teacher_name(notice.author_name)} · " if notice else ""
    return (
        f'<section><h3>{escape(title)}</h3><p class="soft">{escape(author)}'
        f"{school_text(delivery.published_at)}</p>{said}{_delivery(delivery, attempts, links)}</section>\n"
    )


def _version(version: Version, newest: int, links: Links) -> str:
    head = "" if version.number == newest else f"<h3>更正前：{escape(version.title)}</h3>"
    files = "".join(f"<p>{_link(a.name, links.get(a.file_id))}</p>" for a in version.attachments)
    more = "".join(f"<p>{escape(target)}</p>" for target in version.links)
    return f'{head}<p class="text">{escape(version.body)}</p>{files}{more}'


def _link(name: str, path: str | None) -> str:
    if path is None:
        return f"{escape(name)}（文件已不在）"
    return f'<a href="{quote(path)}">{escape(name)}</a>'


def _delivery(delivery: Delivery, attempts: Sequence[Attempt], links: Links) -> str:
    rows = []
    if delivery.outcome:
        way = f"{_RESULTS[delivery.outcome.result]}（{_CHANNELS[delivery.outcome.channel]}）"
        rows.append(("送达", f"{way} {school_text(delivery.outcome.at)}"))
    rows.append(("看过", school_text(delivery.read_at) if delivery.read_at else "还没有"))
    if delivery.confirmed_at:
        rows.append(("确认", school_text(delivery.confirmed_at)))
    for attempt in attempts:
        purpose = _PURPOSES.get(attempt.purpose.partition("-")[0], "消息")
        taken = "微信已接收" if attempt.code == 0 else "微信没有接收"
        rows.append((purpose, f"{_CHANNELS[attempt.channel]} {school_text(attempt.at)} {taken}"))
    signature = links.get(delivery.signature_id or "")
    drawn = f'<p><img src="{quote(signature)}" alt="您的签名"></p>' if signature else ""
    return table(rows) + drawn


def binding_part(binding: Mapping[str, Any]) -> str:
    """The binding between adult and child."""
    rows = [
        ("您是孩子的", str(binding["relation"] or "家长")),
        ("绑定时间", school_text(binding["bound_at"])),
        ("现在", "有效" if binding["state"] == BindingState.ACTIVE else "已解除"),
    ]
    if binding["phone_last4"]:
        rows.append(("名册上您的手机尾号", str(binding["phone_last4"])))
    if binding["ended_at"]:
        reason = _ENDINGS[EndReason(binding["end_reason"])]
        rows.append(("解除", f"{school_text(binding['ended_at'])} {reason}"))
    if binding["others"]:
        rows.append(("还绑定了", "、".join(r or "另一位家长" for r in binding["others"])))
    return table(rows)


def claims_part(claims: Sequence[Claim]) -> str:
    """Requests to be bound."""
    return table(
        (
            school_text(c.created_at),
            f"申请绑定“{c.child_name}”，手机尾号 {c.phone_last4}：{_CLAIMS.get(c.state, '已结束')}",
        )
        for c in claims
    )


def consents_part(events: Sequence[ConsentEvent]) -> str:
    """Every decision."""
    return table(
        (
            school_text(e.at),
            f"{TEXTS[e.purpose].title}（第 {e.version} 版）："
            + (TEXTS[e.purpose].yes if e.decision is Decision.YES else TEXTS[e.purpose].no),
        )
        for e in events
    )


def timings_part(timings: Sequence[Timing]) -> str:
    """How long homework took the child."""
    return table(
        (school_text(t.at), f"用了 {t.minutes} 分钟（老师预计 {t.expected} 分钟）") for t in timings
    )


def account_part(records: Sequence[Mapping[str, Any]]) -> str:
    """Who they are to WeChat, and when they signed in."""
    rows = []
    for record in records:
        if record["kind"] == "wechat":
            rows.append(
                ("微信编号（openid）", f"{record['openid']}，{school_text(record['since'])} 起")
            )
            for name, at in (
                ("关注", record["followed_at"]),
                ("取消关注", record["unfollowed_at"]),
            ):
                if at:
                    rows.append((name, school_text(at)))
        else:
            rows.append(
                ("登录", f"{school_text(record['since'])} 至 {school_text(record['until'])}")
            )
    return table(rows)


def audit_part(entries: Sequence[Entry]) -> str:
    """What the school's staff did with the child's record."""
    return table((school_text(e.at), ACTS.get(e.act, str(e.act))) for e in entries)
