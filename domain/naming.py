"""Taking the names of a class's pupils out of a text that anybody may read.

Chinese has no blanks between words, and a pupil may be called 高明 or 单元. A name of three characters or more is
always taken out. One of two goes as well, unless it is an ordinary word here, or cuts one apart (国王一 for 王一):
then only where what stands around it speaks of a person. Where both could be meant the name goes: a board without a
word can still be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_SOMEBODY = "同学"
_HIDDEN = "\0"

# Words of homework that begin with a surname, or are given names as well; and those that such a name cuts apart.
_WORDS_TEXT = """
安全 安静 安排 白天 白云 白色 白板 班级 包括 包含 毕业 边长 边写 常见 常用 车站
成功 成绩 成语 成长 程序 春天 春节 大家 单元 单词 单位 单独 单数 丁字 东西 端午
段落 方法 方程 方向 方面 方式 方形 房子 丰收 冬天 符号 付出 复习 高度 高山 高明
高兴 高低 高速 公园 古诗 古文 古代 谷雨 关键 关于 关系 管理 广播 国家 国庆 国王
国语 海洋 何时 和平 和谐 黄河 黄色 黄山 华夏 会议 计算 纪念 季节 季度 家庭 家乡
建国 建设 江河 江山 江南 姜黄 解放 解答 金色 金属 景色 景物 康复 科学 孔雀 快乐
乐园 雷电 黎明 李子 理想 历史 立春 立夏 立方 梁柱 林木 林业 凌晨 零件 刘海 龙舟
路程 路线 马上 马路 毛笔 毛巾 梅花 米饭 明亮 明白 明天 明日 农历 欧洲 平安 平方
平行 平均 平时 平静 钱币 强调 秦朝 秋天 区别 曲线 全班 全部 人民 任务 任何 荣誉
容易 阮咸 山水 尚未 邵阳 申请 生字 生活 诗歌 石头 时间 时代 史记 世界 书本 书写
舒服 水果 宋词 宋朝 孙子 思考 思想 太阳 汤匙 唐诗 唐朝 陶瓷 天天 天空 田地 田野
田字 童话 童谣 万一 万里 王国 温度 温习 温故 文明 文章 文字 文学 文具 文化 武术
午后 夏天 夏季 项目 向上 向前 小明 小红 小亮 小刚 小丽 小华 小军 小强 新年 新华
欣赏 星星 幸福 修改 徐州 许多 雪花 阳光 杨树 杨柳 叶子 叶片 一元 一新 英语 英文
应用 应该 永远 游戏 于是 余数 余下 雨水 语文 元旦 元宵 原因 月亮 岳阳 云朵 乐曲
展示 张贴 章节 长江 长度 赵州 正文 正方 郑重 支付 钟表 钟头 周长 周末 周五 周一
周二 周三 周四 周日 周六 周记 周围 朱红 朱砂 诸位 竹子 祝福 庄稼 卓越 子女 自然
宗旨 祖国 左右 作文 做人 明确 文言 英雄 英勇 建立 志向 志愿 静静 欢欢 晨读 晨跑
佳句 佳作 嘉宾 嘉奖 宇宙 浩大 美丽 美好 学习 学会 学问 思路 思维 一诺 一鸣 一凡
一天 一定 一共 一般 语言 可可 可欣 安宁 家园 乐观 自立 自强 成双 单双 高中 高年级
方格 方块 马车 牛奶 羊毛 杨梅 周边 周期 余角 和声 和数 商数 商品 解方程 解析
应用题 口算 口语 时刻 时候 金鱼 金字塔 云南 海南 河南
"""
_WORDS = frozenset(_WORDS_TEXT.split())
# Beside an ordinary word these say that a person is meant …
_AFTER = re.compile(
    r"(?:同学|小朋友|的?(?:家长|妈妈|爸爸|奶奶|爷爷)|你[要再把]|要补|补[交写做]|没[有交写带做完背]|还没|未交|重[写做交默]|订正|负责|来[办拿找]|加油|真棒)"
)
_BEFORE = re.compile(r"(?:请|让|叫|找|表扬|提醒|批评|祝贺|通知|组长|课代表|@)[:： ]?$")
# … and these that none is, whatever follows: 第三单元, 这周末, 上单元.
_COUNTED = re.compile(
    r"(?:第?[0-9０-９零一二三四五六七八九十两半几]+[个课]?|[本这那每各上下整全])$"
)
_BETWEEN = r"[、，,和跟及与 ]"
_HAN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]+")


def without_names(text: str, names: Iterable[str]) -> str:
    """The text with 同学 in the place of each name."""
    sure, doubtful = set[str](), set[str]()
    for form in {form for name in names for form in _forms(name.strip())}:
        (doubtful if len(form) == 2 and _HAN.fullmatch(form) else sure).add(form)
    for form in sorted(sure, key=len, reverse=True):
        text = _whole(form).sub(_HIDDEN, text)
    ordinary: list[str] = []
    for form in sorted(doubtful):
        text, some = _hide_where_no_word(text, form)
        ordinary += [form] if some else []
    before = None
    while before != text:  # in a row of names each says of the next that it is one
        before = text
        for form in ordinary:
            text = _hide_beside_a_name(text, form)
    text = re.sub(f"{_HIDDEN}(?:{_SOMEBODY})?", _SOMEBODY, text)
    return re.sub(f"(?:{_SOMEBODY})+", _SOMEBODY, text)


def _forms(name: str) -> set[str]:
    """How a pupil is written: the whole name, a Han name also without its surname, one with dots also by its parts."""
    parts = re.split(r"[·•・‧.]", name)
    forms = {name, *(part for part in parts if len(part) > 2)}
    if _HAN.fullmatch(name) and len(name) in (3, 4):
        forms |= {name[1:], name[2:]}
    return {form for form in forms if len(form) > 1}


def _whole(form: str) -> re.Pattern[str]:
    """A name in letters is a word of its own: Mary is not in 'summary'."""
    pattern = re.escape(form)
    if form.isascii():
        return re.compile(rf"(?<![A-Za-z]){pattern}(?![A-Za-z])", re.IGNORECASE)
    return re.compile(pattern)


def _hide_where_no_word(text: str, form: str) -> tuple[str, bool]:
    """Hidden wherever it is no ordinary word, or a person is spoken of. Also whether it was left anywhere."""
    shown, at, left = [], 0, False
    while (found := text.find(form, at)) >= 0:
        end = found + len(form)
        shown.append(text[at:found])
        is_name = not _is_word(text, found, end) or _is_person(text[:found], text[end:])
        shown.append(_HIDDEN if is_name else form)
        left |= not is_name
        at = end
    return "".join(shown) + text[at:], left


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether an ordinary word stands here: the same characters, or one that they are a part of or cut apart."""
    return any(
        text[first : first + length] in _WORDS
        for length in (2, 3, 4)
        for first in range(max(0, start - length + 1), end)
        if first + length > start
    )


def _is_person(before: str, after: str) -> bool:
    if _COUNTED.search(before[-6:]):
        return False
    return bool(_AFTER.match(after) or _BEFORE.search(before[-6:]))


def _hide_beside_a_name(text: str, form: str) -> str:
    pattern = rf"(?<={_HIDDEN}{_BETWEEN}){form}|{form}(?={_BETWEEN}{_HIDDEN})"
    return re.sub(pattern, _HIDDEN, text)
