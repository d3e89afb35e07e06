"""How Chinese is read, in letters without tones: what people type who type 拼音, and what they mistype by ear.

A table of our own and not a library: pypinyin's phrases cost each process 45 MB; what schools need of them is below.
"""

from __future__ import annotations

from functools import cache, lru_cache

from domain.pinyin_table import READINGS

# Words in which a character is not read as it mostly is.
_WORDS = """
音乐 yin yue|乐器 yue qi|乐理 yue li|声乐 sheng yue|器乐 qi yue|奏乐 zou yue|乐曲 yue qu|乐谱 yue pu
民乐 min yue|重复 chong fu|重庆 chong qing|重阳 chong yang|重叠 chong die|重新 chong xin|重做 chong zuo
长度 chang du|长江 chang jiang|长城 chang cheng|长征 chang zheng|长方 chang fang|长短 chang duan
长春 chang chun|长沙 chang sha|特长 te chang|延长 yan chang|周长 zhou chang|棱长 leng chang|边长 bian chang
长篇 chang pian|银行 yin hang|行列 hang lie|行业 hang ye|排行 pai hang|调整 tiao zheng|调节 tiao jie
空调 kong tiao|调味 tiao wei|协调 xie tiao|弹琴 tan qin|弹奏 tan zou|弹性 tan xing|弹力 tan li|弹唱 tan chang
角色 jue se|主角 zhu jue|还原 huan yuan|归还 gui huan|偿还 chang huan|目的 mu di|的确 di que|着急 zhao ji
了解 liao jie|首都 shou du|成都 cheng du|都市 du shi|睡觉 shui jiao|午觉 wu jiao|出差 chu chai|参差 cen ci
投降 tou xiang|对称 dui chen|相称 xiang chen|称职 chen zhi|便宜 pian yi|传记 zhuan ji|自传 zi zhuan
水浒传 shui hu zhuan|人参 ren shen|沉没 chen mo|没收 mo shou|宝藏 bao zang|西藏 xi zang|奇数 ji shu
单于 chan yu|倔强 jue jiang|反省 fan xing|校对 jiao dui|会计 kuai ji|游说 you shui|薄荷 bo he|率领 shuai ling
表率 biao shuai|给予 ji yu|供给 gong ji|标识 biao zhi|模样 mu yang|模具 mu ju|大夫 dai fu|似乎 si hu
相似 xiang si|近似 jin si|强似 qiang si|类似 lei si|系鞋带 ji xie dai|率真 shuai zhen|呼吁 hu yu|万俟 mo qi
龟裂 jun lie|阿房 e pang
"""
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")


@cache
def _table() -> dict[str, str]:
    found: dict[str, str] = {}
    for piece in READINGS.split():
        cut = next(i for i, sign in enumerate(piece) if sign not in _LETTERS)
        found |= dict.fromkeys(piece[cut:], piece[:cut])
    return found


@cache
def _words() -> dict[str, tuple[str, ...]]:
    pieces = (piece.split() for piece in _WORDS.replace("\n", "|").split("|") if piece)
    return {word: tuple(read) for word, *read in pieces}


@lru_cache(maxsize=20_000)
def syllables(text: str) -> tuple[str, ...]:
    """One a sign: how a character is read; what is no character, or a rare one, stands for itself."""
    table, words = _table(), _words()
    found: list[str] = []
    while (at := len(found)) < len(text):
        for length in (3, 2):
            if read := words.get(text[at : at + length]):
                found += read
                break
        else:
            found.append(table.get(text[at], text[at]))
    return tuple(found)


def initials(text: str) -> str:
    """The first letter of each sign's reading: 三年级语文 → snjyw."""
    return "".join(one[0] for one in syllables(text))
