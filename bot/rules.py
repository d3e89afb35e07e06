"""The whole conversation on one screen: the first rule that fits answers.

Commands stand before dialogs, so that nobody is trapped in one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot import binding, bridge, commands, done, ending, leaving, searching, setting
from bot.turn import Answered, Turn
from domain.homework_words import is_homework
from domain.invitations import parse_code, parse_typed_code
from domain.names import parse_name_and_digits

Matcher = Callable[[Turn], bool]
Command = Callable[[Turn], Awaitable[Answered]]


@dataclass(frozen=True, slots=True)
class Rule:
    """When it fits, `command` answers."""

    fits: Matcher
    command: Command


def event(name: str, key: str | None = None) -> Matcher:
    """An event by its name, and its key where that matters."""
    return lambda turn: turn.inbound.event == name and key in (None, turn.inbound.event_key)


def words(*alternatives: str) -> Matcher:
    """A text (or what was heard in a voice message) that says one of these."""
    return lambda turn: turn.inbound.text.strip(" \n。.!！?？") in alternatives


def in_dialog(name: str) -> Matcher:
    """A text inside a dialog."""
    return lambda turn: bool(
        turn.inbound.text and turn.dialog is not None and turn.dialog.get("name") == name
    )


def begins_homework(turn: Turn) -> bool:
    """`布置 三(2)班 数学 20分钟 课本第12页`."""
    return bool(turn.inbound.text) and is_homework(turn.inbound.text)


def looks_like_a_child(turn: Turn) -> bool:
    """`李小明 1234` out of the blue."""
    return bool(turn.inbound.text) and parse_name_and_digits(turn.inbound.text) is not None


def is_surely_a_code(turn: Turn) -> bool:
    """`邀请码 K7M3-Q2XP` or `K7M3-Q2XP`; also something behind 邀请码 that is none."""
    return bool(turn.inbound.text) and parse_typed_code(turn.inbound.text) is not None


def looks_like_a_code(turn: Turn) -> bool:
    """`K7M3Q2XP`: asked after `looks_like_a_child`, for there are children called Mary."""
    return bool(turn.inbound.text) and parse_code(turn.inbound.text) is not None


def any_event(turn: Turn) -> bool:
    """Whatever WeChat reports that we have no use for."""
    return turn.inbound.kind == "event"


def anything(_: Turn) -> bool:
    """The last resort."""
    return True


RULES: tuple[Rule, ...] = (
    Rule(event("subscribe"), binding.welcome),
    Rule(event("unsubscribe"), binding.farewell),
    Rule(event("scan"), binding.scanned),
    Rule(event("click", "newest_notices"), commands.newest_notices),
    Rule(event("click", "bind_child"), binding.begin),
    Rule(event("click", "my_children"), commands.my_children),
    Rule(event("templatesendjobfinish"), commands.message_finished),
    Rule(event("user_info_modified"), leaving.withdrawn),
    Rule(event("user_authorization_revoke"), leaving.withdrawn),
    Rule(event("user_authorization_cancellation"), leaving.withdrawn),
    Rule(any_event, commands.nothing),
    Rule(words("最新通知", "通知", "最新", "查看通知"), commands.newest_notices),
    Rule(
        words("作业", "今天作业", "今晚作业", "今天的作业", "今晚的作业"),
        commands.tonights_homework,
    ),
    Rule(words("请假", "我要请假", "活动", "接龙", "投票"), commands.activities_and_leave),
    Rule(words("绑定", "绑定孩子", "我要绑定"), binding.begin),
    Rule(words("解绑", "解除绑定", "取消绑定"), ending.begin),
    Rule(words("我的孩子", "孩子"), commands.my_children),
    Rule(words("资源", "学习资源", "链接", "教材", "国家平台"), commands.resources),
    Rule(words("写通知", "发通知"), commands.write_notice),
    Rule(begins_homework, setting.begin),
    Rule(words("取消", "退出"), binding.cancel),
    Rule(words("帮助", "?", "？", "help"), commands.help_text),
    Rule(is_surely_a_code, binding.take_code),
    Rule(looks_like_a_child, binding.take_child),
    Rule(searching.asks, searching.find),
    Rule(looks_like_a_code, binding.take_code),
    Rule(in_dialog(binding.DIALOG), binding.take_child),
    Rule(in_dialog(ending.DIALOG), ending.take_answer),
    Rule(in_dialog(setting.DIALOG), setting.take_answer),
    Rule(in_dialog(bridge.DIALOG), bridge.take_answer),
    Rule(done.is_again, done.tell_again),
    Rule(anything, bridge.offer),
)


async def answer(turn: Turn) -> Answered:
    """The answer of the first rule that fits."""
    for rule in RULES:
        if rule.fits(turn):
            return await rule.command(turn)
    raise AssertionError("the last rule fits everything")
