"""The words that every installation starts with, written for schools: fraud, gambling, phishing, advertising, abuse.

Few on purpose: they stand in where WeChat cannot be asked, and a school adds its own. `+` joins words that must all be
there.
"""

from __future__ import annotations

from domain.word_lists import WordList

# Nothing that a warning against it would say as well: a school writes to families about 校园贷 and 刷单.
_REFUSE = """
时时彩+投注 六合彩+投注 北京赛车+投注 真人荷官 赌球+返水 下注+返水 棋牌+上下分 包赢+下注
刷单+佣金+日结 点赞+返佣+垫付 垫付+返本+日结 裸聊+加我 约炮+加我 色情直播+加我 招嫖+加我 援交+价格
出售+冰毒 出售+迷药 出售+迷奸药 笑气+上门 出售+枪支 枪支+货到付款 代开发票+加我 办证刻章
出售+银行卡四件套 收购+银行卡四件套 无抵押+秒放款 助考+保过 替考+价格 代考+价格 出售+考试答案
砍死你全家 杀你全家 弄死你全家
"""
_HOLD = """
百家乐 时时彩 六合彩 网上赌场 网络赌博 博彩平台 博彩网站 赌球 刷单返利 刷单+佣金 垫付+返本 裸聊 约炮 援交
色情网站 色情直播 成人视频网 招嫖
校园贷 裸贷 征信修复 代开发票 银行卡四件套 安全账户+转账 屏幕共享+银行卡
稳赚不赔 高额返利 内幕消息+股票 荐股+进群 日赚+兼职 日结+兼职 在家兼职+日入 零投资+高回报 虚拟币+带单
炒外汇+带单
退费+加群 退费+加qq 学费退还+扫码 退课+理赔+扫码 培训班退费+加我 资料费+扫码 班费+私聊转账 换号了+转账
换微信了+转账 校长+急用钱
中奖+领取+链接 积分兑换+链接 点击链接+领取补贴 教育补贴+扫码 助学金+验证码 医保卡+停用+链接 快递+理赔+扫码
验证码+发给我 验证码+告诉我 银行卡号+密码 身份证照片+发给我
加微信+领取 加我微信+优惠 加vx 加薇信 加威信 加v信 免费领+进群 代理加盟 招代理 微商招募 拼团+砍一刀
帮我砍一刀 拉票+红包
一对一补课+价格 有偿补课+报名 私教班+报名 提分班+报名 内部渠道+入学 择校+包进 学位+代办
代写作业 代做作业 作业答案+出售 傻逼 煞笔 操你妈 草泥马 去死吧 狗娘养的 砍死你
"""

SHIPPED = WordList(
    id="@shipped", digest="shipped", hold=tuple(_HOLD.split()), refuse=tuple(_REFUSE.split())
)
