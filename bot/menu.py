"""The official account's menu (自定义菜单): at most 3 × 5, titles of 4 and 8 characters (WeChat)."""

from __future__ import annotations

from typing import Any


def menu(public_url: str) -> dict[str, Any]:
    """The menu as WeChat's menu/create takes it."""

    def view(name: str, path: str) -> dict[str, str]:
        return {"type": "view", "name": name, "url": public_url + path}

    def click(name: str, key: str) -> dict[str, str]:
        return {"type": "click", "name": name, "key": key}

    return {
        "button": [
            click("最新通知", "newest_notices"),
            {
                "name": "家长",
                "sub_button": [
                    view("全部通知", "/h5/notices"),
                    click("我的孩子", "my_children"),
                    click("绑定孩子", "bind_child"),
                    view("消息", "/h5/messages"),
                    view("学习资源", "/h5/links"),
                ],
            },
            {
                "name": "班主任",
                "sub_button": [
                    view("写通知", "/h5/teach/notices/new"),
                    view("通知与回执", "/h5/teach/"),
                    view("绑定审核", "/h5/teach/claims"),
                    view("家长与绑定", "/h5/teach/families"),
                    view("班级二维码", "/h5/teach/invite"),
                ],
            },
        ]
    }
