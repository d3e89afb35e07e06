"""Passive replies: what goes back as the answer to a callback, before the envelope is closed.

Whatever a person wrote can stand in a reply: `]]>` is split over two sections, so nobody's text can
become markup, and what XML cannot carry at all is left out, because one such character makes WeChat
tell the person that the service is broken.
"""

from wechat.messages import Inbound
from wechat.xmltree import NOT_XML


def text_reply(to: Inbound, text: str, *, at: int) -> bytes:
    """Render a text reply.

    Args:
        to: the message that is answered.
        text: what is said.
        at: seconds.
    """
    return _render(to, "text", f"<Content>{_cdata(text)}</Content>", at)


def news_reply(
    to: Inbound, *, title: str, description: str, url: str, picture_url: str = "", at: int
) -> bytes:
    """Render a reply of one article card (图文), which is all WeChat allows in answer to a message.

    Args:
        to: the message that is answered.
        title: the card's first line.
        description: what stands under it.
        url: where a tap leads.
        picture_url: an address WeChat can fetch; may be empty.
        at: seconds.
    """
    item = (
        f"<Title>{_cdata(title)}</Title><Description>{_cdata(description)}</Description>"
        f"<PicUrl>{_cdata(picture_url)}</PicUrl><Url>{_cdata(url)}</Url>"
    )
    article = f"<ArticleCount>1</ArticleCount><Articles><item>{item}</item></Articles>"
    return _render(to, "news", article, at)


def _render(to: Inbound, kind: str, content: str, at: int) -> bytes:
    return (
        f"<xml><ToUserName>{_cdata(to.openid)}</ToUserName>"
        f"<FromUserName>{_cdata(to.account)}</FromUserName><CreateTime>{at}</CreateTime>"
        f"<MsgType><![CDATA[{kind}]]></MsgType>{content}</xml>"
    ).encode()


def _cdata(text: str) -> str:
    # The question is only whether a closer look is needed; it costs next to nothing.
    if not text.isprintable():
        # Every XML reader turns these into line feeds; done here so that nothing changes on the way.
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        text = NOT_XML.sub("", text)
    if "]]>" in text:
        text = text.replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{text}]]>"
