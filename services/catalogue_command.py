"""`sync-links`, as an operator at a terminal meets it: what would change, in words and as an Excel file."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

from domain.catalogue_changes import Change, ChangeKind, Season
from domain.catalogue_tree import LARGEST_TREE_BYTES, CatalogueError
from domain.errors import ConflictError, NotFoundError
from domain.materials import Lists, parse_index
from services.catalogue import SyncPlan, apply_sync, plan_sync, undo_sync
from services.context import Context
from services.spreadsheets import Sheet, built

Say = Callable[[str], None]
PUBLISHED = "https://s-file-1.ykt.cbern.com.cn/zxx/ndrs/tags/national_lesson_tag.json"
PUBLISHED_LISTS = (
    "https://s-file-1.ykt.cbern.com.cn/zxx/ndrs/resources/tch_material/version/data_version.json"
)
_THEIRS = "published"  # as an operator types it
_SHOWN = 20
_KINDS = {
    ChangeKind.ADDED: "新增",
    ChangeKind.BACK: "重新出现",
    ChangeKind.MOVED: "换了位置，旧链接继续有效",
    ChangeKind.GONE: "平台上不再有，已标记",
    ChangeKind.RENAMED: "改名",
}
_LIST_KINDS = {
    ChangeKind.ADDED: "新增",
    ChangeKind.BACK: "重新出现",
    ChangeKind.MOVED: "换了教材",
    ChangeKind.GONE: "平台上不再有，已标记",
    ChangeKind.RENAMED: "改名",
}
_LEFT = {"no_book": "不在目录里，没有采用", "unclear": "分不清新旧教材，没有采用"}
_REFUSALS = {
    "too_large": "文件太大，平台的目录不到 1 MB",
    "not_json": "不是完整的 JSON，文件可能没有下载完",
    "not_a_tree": "不是平台的目录",
    "too_deep": "层级太深",
    "too_many": "教材太多",
    "cycle": "目录里有循环",
    "bad_tag": "有标签没有编号或名称",
    "unknown_dimension": "有不认识的维度",
    "missing_dimension": "有教材缺少维度",
    "wrong_order": "有教材的层级次序不对",
    "contradiction": "同一个编号有两种说法",
    "doubled": "同一本教材出现两次",
    "no_book": "里面没有教材",
    "shrunk": "比现有的少了四分之一以上，像是不完整；确实如此请加 --shrunk",
    "unreachable": "取不到",
    "not_an_index": "不是平台的资料索引",
    "not_a_list": "不是平台的资料列表",
    "bad_record": "有资料没有编号、名称或标签",
    "no_material": "里面没有教材资料",
    "no_tree": "还没有目录，请先采用目录",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncWish:
    """What was typed: where tree and lists come from, whether they are to count, whether the last is taken back.

    Without either it is the published tree; lists alone leave the tree as it is.
    """

    source: str | None = None
    lists: Sequence[str] = ()
    apply: bool = False
    undo: bool = False
    shrunk: bool = False
    report: Path | None = None

    @classmethod
    def typed(cls, arguments: Namespace) -> Self:
        """As the command line has it."""
        return cls(**{field.name: getattr(arguments, field.name) for field in fields(cls)})


async def try_sync(ctx: Context, wish: SyncWish, say: Say) -> str:
    """Do it; what to say where it is refused, empty where it isn't."""
    try:
        await run_sync(ctx, wish, say)
    except CatalogueError as error:
        return refusal(error)
    except ConflictError:
        return "刚才有别的更新，请再试一次。"
    return ""


async def run_sync(ctx: Context, wish: SyncWish, say: Say) -> None:
    """Say what would change, and let it count where that is wished. Raises CatalogueError, ConflictError."""
    if wish.undo:
        await _undo(ctx, say)
        return
    source = wish.source or (None if wish.lists else PUBLISHED)
    tree = await _content(ctx, source) if source else None
    lists = await _lists(ctx, wish.lists)
    named = " ".join(filter(None, (source, *wish.lists)))
    plan = await plan_sync(ctx, tree, named, lists=lists, shrunk=wish.shrunk)
    for line in lines_of(plan):
        say(line)
    if wish.report is not None:
        # A report is text for people at a terminal: written where they say.
        await asyncio.to_thread(_write_report, wish.report, plan)
        say(f"明细在 {wish.report}")
    if wish.apply:
        await apply_sync(ctx, plan)
        say(f"已生效：{len(plan.catalogue.current)} 本教材。可以用 --undo 退回。")
    else:
        say("这是试运行，什么都没有改变。加 --apply 才会生效。")


async def _undo(ctx: Context, say: Say) -> None:
    try:
        _, now = await undo_sync(ctx)
    except NotFoundError:
        say("没有可以退回的目录。")
        return
    say(f"已退回：现在是 {len(now.current)} 本教材。" if now else "已退回：现在没有目录。")


async def _lists(ctx: Context, sources: Sequence[str]) -> list[bytes]:
    """What the lists say: those that were named, and those that an index names."""
    found = []
    for source in sources:
        content = await _content(ctx, PUBLISHED_LISTS if source == _THEIRS else source)
        parts = parse_index(content)
        found += [await _content(ctx, part) for part in parts] if parts else [content]
    return found


async def _content(ctx: Context, source: str) -> bytes:
    if source.startswith(("https://", "http://")):
        if ctx.web is None:
            raise CatalogueError("unreachable", source)
        found = await ctx.web.fetch(
            source, allowed=ctx.policy.catalogue_hosts, largest=LARGEST_TREE_BYTES
        )
        if found is None:
            raise CatalogueError("unreachable", source)
        return found
    return await asyncio.to_thread(_read, Path(source))


def _read(path: Path) -> bytes:
    """No more of a file than is looked at."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_TREE_BYTES + 1)
    except OSError:
        raise CatalogueError("unreachable", str(path)) from None


def lines_of(plan: SyncPlan) -> list[str]:
    """How many of each kind, and the first of each that is no mere addition."""
    lines = _counted(plan.season, _KINDS) if plan.season else []
    if plan.lists:
        lines += ["教材资料", *_counted(plan.lists, _LIST_KINDS)]
        lines += [f"{_LEFT[why]}：{count}" for why, count in sorted(plan.lists.left.items())]
    return lines


def _counted(read: Season | Lists, names: Mapping[ChangeKind, str]) -> list[str]:
    lines = [f"不变：{read.kept}"]
    for kind, name in names.items():
        of_kind = [c for c in read.changes if c.kind is kind]
        lines.append(f"{name}：{len(of_kind)}")
        if kind is not ChangeKind.ADDED:
            lines += [f"  {_told(change)}" for change in of_kind[:_SHOWN]]
            if len(of_kind) > _SHOWN:
                lines.append(f"  …… 还有 {len(of_kind) - _SHOWN} 条，见报告（--report）")
    return lines


def _told(change: Change) -> str:
    return " → ".join(text for text in (change.before, change.after) if text)


def _write_report(path: Path, plan: SyncPlan) -> None:
    columns = (("变化", 28), ("之前", 48), ("之后", 48), ("编号", 40))
    read = ((plan.season, _KINDS, "目录变化"), (plan.lists, _LIST_KINDS, "资料变化"))
    path.write_bytes(
        built(
            [
                Sheet(
                    title,
                    columns,
                    [(names[c.kind], c.before, c.after, c.book_id) for c in one.changes],
                )
                for one, names, title in read
                if one is not None
            ]
        )
    )


def refusal(error: CatalogueError) -> str:
    """What to say of a tree that was not taken."""
    said = _REFUSALS[error.code]
    return f"没有采用，什么都没有改变：{said}" + (f"（{error.detail}）" if error.detail else "")
