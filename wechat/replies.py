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
    return (
        f"<xml><ToUserName>{_cdata(to.openid)}</ToUserName>"
        f"<FromUserName>{_cdata(to.account)}</FromUserName><CreateTime>{at}</CreateTime>"
        f"<MsgType><![CDATA[text]]></MsgType><Content>{_cdata(text)}</Content></xml>"
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
