"""The words of what WeChat shows by itself: template cards and customer-service messages. One place for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from domain.activities import Activity
from domain.bindings import Claim, ClaimState, Ending, EndReason, Side
from domain.leaves import Leave, LeaveState, span_text
from domain.messages import Message, MessageKind
from domain.names import masked_name
from domain.notices import ConfirmMode, Notice, card_title
from domain.overruns import Overrun, OverrunState
from domain.resources import Resource, Tier
from domain.reviews import Review
from domain.rings import COUNT_LIMIT, Line
from domain.schools import School
from domain.subjects import subject_name
from domain.template_fields import fitted
from domain.threads import ThreadKind
from domain.times import school_text
from services.context import Policy, TemplateCard
from services.group_words import group_name

# 2048 bytes of a customer-service text, with who says it and the link.
_ANSWER_LIMIT = 500
_ANSWER_KINDS = {
    MessageKind.PICTURE: "图片，请打开会话看",
    MessageKind.VOICE: "语音，请打开会话听",
    MessageKind.FILE: "文件，请打开会话看",
    MessageKind.LINK: "链接，请打开会话看",
    MessageKind.CARD: "通知或作业，请打开会话看",
}
_HINTS = {
    ConfirmMode.NONE: "点开查看",
    ConfirmMode.TAP: "点开查看，看完请点“我已知晓”",
    ConfirmMode.SIGN: "点开查看，看完请签名",
    ConfirmMode.ANSWER: "点开查看，请填一填",
}
# Title, result (WeChat: a `phrase` field takes 5 characters), text.
_DECISIONS = {
    (ClaimState.WAITING, Side.SCHOOL): (
        "有家长申请绑定",
        "待您确认",
        "有家长等您确认，请点开看看是不是本班家长。",
    ),
    (ClaimState.WAITING, Side.FAMILY): (
        "有人申请绑定您的孩子",
        "待您确认",
        "有人申请绑定您的孩子，请点开看看是不是自己家里人。不认识就选“不同意”。",
    ),
    (ClaimState.APPROVED, Side.SCHOOL): (
        "孩子绑定成功",
        "绑定成功",
        "老师已确认，您可以收到孩子班级的通知了。",
    ),
    (ClaimState.APPROVED, Side.FAMILY): (
        "孩子绑定成功",
        "绑定成功",
        "孩子的家人已同意，您可以收到孩子班级的通知了。",
    ),
    (ClaimState.REFUSED, Side.SCHOOL): (
        "孩子绑定未通过",
        "绑定未通过",
        "老师没有通过这次绑定。如有疑问，请直接联系班主任。",
    ),
    (ClaimState.REFUSED, Side.FAMILY): (
        "孩子绑定未通过",
        "绑定未通过",
        "孩子的家人没有同意这次绑定。您可以点开，请学校再看一次。",
    ),
    (ClaimState.EXPIRED, Side.SCHOOL): (
        "绑定申请过期了",
        "已过期",
        "一直没有人处理，这次申请已经过期。还需要的话请再申请一次，也请直接告诉班主任。",
    ),
}
_END_REASONS = {
    EndReason.WRONG: "原因：绑错了。如果其实没有绑错，可以重新申请，由老师确认。",
    EndReason.MOVED: "原因：转学。",
    EndReason.CUSTODY: "原因：监护变更。如需恢复，请直接找学校。",
    EndReason.OTHER: "原因请直接问老师。",
    EndReason.EXPIRED: "原因：约定的日期到了。还需要的话，请联系老师。",
    EndReason.PHONE: "原因：学校名册上的手机号换了。请用新号码再绑定一次；号码没有换的话，请告诉老师。",
    EndReason.LEFT: "原因：孩子已经不在学校名册上。如果弄错了，请告诉老师。",
    EndReason.GRADUATED: "原因：孩子毕业了。谢谢您这几年的配合。",
}
# Who ended it, where no person did.
_ENDED_BY = {
    EndReason.EXPIRED: "您的一个孩子绑定到期了",
    EndReason.PHONE: "学校更新名册，解除了您的一个孩子绑定",
    EndReason.LEFT: "学校更新名册，解除了您的一个孩子绑定",
    EndReason.GRADUATED: "孩子毕业，您的一个孩子绑定结束了",
}
_TRIAL_OVER = "您的试用绑定到期了，以后不再收到这个班的家长通知。"
_CHILD = "\0"  # where a card's text names the child


@dataclass(frozen=True, slots=True)
class Card:
    """What one adult is sent: words for a template's fields, title and text for a message, and where it leads.

    `url` is a page inside WeChat's browser, `page` one of the mini-program.
    """

    words: Mapping[str, str]
    title: str
    text: str
    url: str
    page: str = "pages/home/index"


def template_data(template: TemplateCard, card: Card) -> dict[str, str]:
    """The card in the fields of a template, as long as they may be."""
    return {key: fitted(key, card.words[word]) for key, word in template.fields.items()}


def notice_url(policy: Policy, notice_id: str) -> str:
    """Where a guardian opens a notice."""
    return f"{policy.public_url}/h5/notices/{notice_id}"


def notice_card(
    policy: Policy, notice: Notice, *, purpose: str, school: str, school_class: str
) -> Card:
    """A notice as WeChat shows it, but for the child it is about (`for_child`)."""
    title = card_title(notice.current.title, purpose, urgent=bool(notice.urgent))
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
        page=f"pages/notice/index?id={quote(notice.id, safe='')}",
    )


def for_child(card: Card, child: str) -> Card:
    """The card with the child's name in it, masked: a minor's name does not go through WeChat as it is."""
    return replace(card, text=card.text.replace(_CHILD, masked_name(child)))


def claim_card(policy: Policy, claim: Claim, *, side: Side, at: datetime) -> Card:
    """What became of a request to be bound, or that one waits for `side`. Says nothing of the child."""
    who = side if claim.state is ClaimState.WAITING else claim.decided_side or Side.SCHOOL
    title, result, text = _DECISIONS[claim.state, who]
    page = "/h5/children"
    if claim.state is ClaimState.WAITING and side is Side.SCHOOL:
        page = "/h5/teach/claims"
    elif claim.state is ClaimState.APPROVED:
        page = "/h5/"
    return Card(
        words={"title": title, "result": result, "time": school_text(at)},
        title=title,
        text=text,
        url=policy.public_url + page,
    )


def ending_card(policy: Policy, ending: Ending, *, by: str, trial: bool = False) -> Card:
    """A binding ended. Whoever gets this is bound no more, so it says nothing of the child."""
    title = "孩子绑定已解除"
    reason = _END_REASONS.get(ending.reason, "")
    how = _ENDED_BY.get(ending.reason, f"{by or '老师'}解除了您的一个孩子绑定")
    text = f"{how}，以后不再收到这个孩子的通知。{reason}"
    if trial and ending.reason is EndReason.EXPIRED:
        text = _TRIAL_OVER
    return Card(
        words={"title": title, "result": "已解除绑定", "time": school_text(ending.at)},
        title=title,
        text=text,
        url=policy.public_url + "/h5/children",
    )


_OVERRUNS = {
    OverrunState.WAITING: ("作业超时待您决定", "待您决定"),
    OverrunState.ALLOWED: ("作业超时已同意", "已同意"),
    OverrunState.REFUSED: ("作业超时没有同意", "没有同意"),
}


def refused_words_card(policy: Policy, review: Review) -> Card:
    """Somebody's words are not shown: to whoever wrote them. The words themselves go through no channel."""
    title = "您发的内容没有展示"
    by = review.decided_name or "老师"
    return Card(
        words={"title": title, "result": "没有展示", "time": school_text(review.waits_since)},
        title=title,
        text=f"{by}看过后觉得不合适在这里发，没有展示给大家。说明：{review.decided_why} 有疑问可以直接联系老师。",
        url=f"{policy.public_url}/h5/",
    )


def waiting_review_card(policy: Policy, review: Review) -> Card:
    """Something waits in the queue: to who decides, once a day."""
    title = "有内容等您看一看"
    return Card(
        words={"title": title, "result": "待您处理", "time": school_text(review.waits_since)},
        title=title,
        text="有内容暂时只有本人看得到，请打开小程序的“内容审核”，看看能不能展示。",
        url=f"{policy.public_url}/h5/",
        page="review/queue/index",
    )


def late_resource_card(policy: Policy, resource: Resource) -> Card:
    """A resource should have been decided by now: to who reviews it, once."""
    title = "有教学资源等您评审"
    since = resource.waiting.since if resource.waiting else resource.created_at
    at_school = resource.waiting is not None and resource.waiting.rung.tier is Tier.SCHOOL
    where = "小程序的“校本资源”，或者电脑上的“教学资源”，" if at_school else "电脑上的“教学资源”，"
    return Card(
        words={"title": title, "result": "已过期限", "time": school_text(since)},
        title=title,
        text=f"《{resource.newest.content.title}》等评审已经超过期限，请打开{where}看一看。",
        url=f"{policy.public_url}/console/resources/queue",
        page="links/waiting/index" if at_school else "pages/home/index",
    )


def overrun_card(policy: Policy, overrun: Overrun, *, school: School, school_class: str) -> Card:
    """A request for more minutes, to whoever decides; or how it was decided, to whoever asked."""
    title, result = _OVERRUNS[overrun.state]
    subject = subject_name(overrun.subject, school.rules.local_subjects)
    over = max(overrun.excess.written, overrun.excess.total)
    day = f"{overrun.evening.month}月{overrun.evening.day}日"
    if overrun.state is OverrunState.WAITING:
        page, at = "/h5/teach/overruns", overrun.asked_at
        text = (
            f"{overrun.asked_name}想给{school_class}布置{day}的{subject}作业 {overrun.minutes} 分钟，"
            f"会超出当天总时长 {over} 分钟，请您决定。"
        )
    else:
        page, at = "/h5/", overrun.decided_at or overrun.asked_at
        text = f"{school_class}{day}的{subject}作业（{overrun.minutes} 分钟）：{overrun.decided_name}{result}。"
    return Card(
        words={"title": title, "result": result, "time": school_text(at)},
        title=title,
        text=text,
        url=policy.public_url + page,
    )


def activity_card(policy: Policy, activity: Activity, *, until: str) -> Card:
    """An activity for who works at the school."""
    return Card(
        words={
            "title": "有一项请您填写",
            "result": "待填写",
            "time": school_text(activity.created_at),
        },
        title="有一项请您填写",
        text=f"{activity.author_name}：“{activity.title}”，请在 {until} 以前填写。",
        url=f"{policy.public_url}/h5/activities/{activity.id}",
        page=f"activities/answer/index?id={quote(activity.id, safe='')}",
    )


def changed_activity_card(policy: Policy, activity: Activity) -> Card:
    """That an activity says something else now, for who works at the school and has answered it."""
    return Card(
        words={
            "title": "您填过的有改动",
            "result": "已更新",
            "time": school_text(activity.changes[-1].at),
        },
        title="您填过的有改动",
        text=f"{activity.author_name}改了“{activity.title}”。您填的还在，要改可以点开重填。",
        url=f"{policy.public_url}/h5/activities/{activity.id}",
        page=f"activities/answer/index?id={quote(activity.id, safe='')}",
    )


def moved_up_card(policy: Policy, activity: Activity, *, option: str, at: datetime) -> Card:
    """A place became free for who waited for it."""
    return Card(
        words={"title": "候补轮到您了", "result": "有名额了", "time": school_text(at)},
        title="候补轮到您了",
        text=f"“{activity.title}”里的“{option}”空出了名额，现在是您的了。来不了请点开取消。",
        url=f"{policy.public_url}/h5/activities/{activity.id}",
        page=f"activities/answer/index?id={quote(activity.id, safe='')}",
    )


def leave_card(policy: Policy, leave: Leave, *, child: str, school_class: str) -> Card:
    """A request for leave, or that it was taken back, to who decides. Says nothing of the reason."""
    who = f"{school_class}{masked_name(child)}"
    if leave.state is LeaveState.WITHDRAWN:
        title, result, at = "有家长撤回了请假", "已撤回", leave.withdrawn_at or leave.asked_at
        text = f"{who}的家长撤回了{span_text(leave.span)}的请假。"
    else:
        title, result, at = "有家长请假", "待您决定", leave.asked_at
        text = f"{who}的家长请{span_text(leave.span)}的假，请点开看看。"
    return Card(
        words={"title": title, "result": result, "time": school_text(at)},
        title=title,
        text=text,
        url=policy.public_url + "/h5/teach/leaves",
        page="activities/leaves/index",
    )


_FROM = 2  # of so many threads it is said where it was said


def ring_card(policy: Policy, lines: Sequence[Line], *, school: str, at: datetime) -> Card:
    """How much somebody has not read, and from whom. Says nothing of what was said, and no child's name."""
    count = sum(line.count for line in lines)
    number = f"{COUNT_LIMIT - 1}+" if count >= COUNT_LIMIT else str(count)
    places = list(dict.fromkeys(_from(line) for line in lines))
    more = "等" if len(places) > _FROM else ""
    where = "、".join(places[:_FROM]) + more
    title = f"{'紧急：' if any(line.urgent for line in lines) else ''}您有 {number} 条新消息"
    return Card(
        words={
            "title": title,
            "school": school[:20],
            "class": where[:20],
            "sender": places[0][:10],
            "time": school_text(at),
        },
        title=title,
        text=f"{where}有 {number} 条新消息，点开查看。",
        url=f"{policy.public_url}/h5/messages",
        page="pages/talk/index",
    )


def _from(line: Line) -> str:
    """A group by its name, a teacher by theirs; who is called by a child's name is a parent."""
    if line.thread.kind is ThreadKind.TALK and line.group is not None:
        return group_name(line.group)
    if not line.as_staff:
        return "一位家长"
    return "学校" if line.thread.kind is ThreadKind.FEEDBACK else line.author_name


def answer_text(policy: Policy, message: Message, *, child: str) -> str:
    """A teacher's answer in the chat of who wrote from there: what it says as far as WeChat lets it, and the way on."""
    words = message.text.replace("<", "＜")
    if len(words) > _ANSWER_LIMIT:
        words = f"{words[:_ANSWER_LIMIT]}…"
    what = _ANSWER_KINDS.get(message.kind, "")
    said = "\n".join(filter(None, (words, f"［{what}］" if what else "")))
    url = f"{policy.public_url}/h5/messages/{quote(message.thread_id, safe='')}"
    who = f"{message.author_name}（关于{masked_name(child)}）"
    return f'{who}：\n{said}\n\n<a href="{url}">打开会话</a>，也可以直接在这里回。'
