"""The picture of each flow in a real browser, on a phone and on a desk."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from playwright.sync_api import Page

from tests.browser.looking import axe_clean, no_sideways_scroll, shot
from tests.world import planned_matters
from workflows.cases.registry import flows

PAGE = """<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><title>流程</title>
<meta name="viewport" content="width=device-width"><style>{css}</style></head>
<body><main><h1>办理流程</h1>{lanes}</main></body></html>"""


def page_of(flow: str) -> str:
    most = max(
        (p.definition for p in planned_matters() if p.flow == flow), key=lambda d: len(d.stages)
    )
    tag = engines["django"].from_string(
        "{% load flow_pictures %}{% flow_lanes flow most 'reviewing' %}"
    )
    css = (Path(settings.BASE_DIR) / "static" / "tongban.css").read_text("utf-8")
    lanes = tag.render({"flow": flow, "most": most})
    return PAGE.format(css=css, lanes=lanes.replace("<details", "<details open"))


@pytest.mark.parametrize("flow", [flow.CODE for flow in flows()])
def test_the_picture_scrolls_inside_its_frame_and_passes_axe(phone: Page, flow: str) -> None:
    phone.set_content(page_of(flow))
    no_sideways_scroll(phone)
    frame = phone.get_by_role("region", name="办理流程图")
    assert frame.evaluate("e => e.scrollWidth > e.clientWidth")
    axe_clean(phone)
    phone.set_viewport_size({"width": 1440, "height": 900})
    no_sideways_scroll(phone)
    shot(phone, f"flow-{flow}", full_page=True)
