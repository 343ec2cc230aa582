"""Parts of a page that need more than an include: lights, icons, navigation, error links."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django import template
from django.forms import BaseForm, BoundField
from django.http import HttpRequest
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

# Colour is never the only sign: each light has its own shape and says its name.
LIGHTS = {
    "green": ("绿灯", "时限充足"),
    "yellow": ("黄灯", "临近时限"),
    "red": ("红灯", "已超时限"),
    "paused": ("中止", "不计时限"),
    "none": ("无时限", "未公布时限"),
}


class NavLink(NamedTuple):
    href: str
    label: str
    unread: int | None
    current: bool


class ErrorLink(NamedTuple):
    """One line of the error summary; ``target`` is an element's id, "" where no field errs."""

    target: str
    text: str


@register.simple_tag
def icon(name: str) -> SafeString:
    """A picture out of ``static/icons.svg``; silent to screen readers: write words beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.inclusion_tag("components/light.html")
def light(shown: Any, detail: str = "") -> dict[str, str]:
    """``{% light case %}`` (its ``light``) or ``{% light "yellow" "还剩1个工作日" %}``."""
    colour = shown if isinstance(shown, str) else getattr(shown, "light", None)
    colour = colour if colour in LIGHTS else "none"
    name, meaning = LIGHTS[colour]
    return {"colour": colour, "name": name, "meaning": meaning, "detail": detail}


NAV_CITIZEN = [
    ("/", "首页"),
    ("/my/", "我的办件"),
    ("/certificates/", "我的证照"),
    ("/inbox/", "收件箱"),
]
WINDOW, PARCELS, FIGURES, UPKEEP = "窗口收件", "邮寄交接", "数据", "运行维护"
NAV_STAFF = [
    ("/desk/", "工作台"),
    ("/desk/counter/", WINDOW),
    ("/desk/parcels/", PARCELS),
    ("/sharing/", "共享数据"),
    ("/inbox/", "收件箱"),
    ("/throughput/", FIGURES),
    ("/operator/", UPKEEP),
]


@register.simple_tag(takes_context=True)
def site_nav(context: Context) -> list[NavLink]:
    """The links at the top for who is here; the longest that begins this path is current."""
    request: HttpRequest | None = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        links = NAV_CITIZEN[:1]
    else:
        links = NAV_STAFF if getattr(user, "kind", "citizen") == "staff" else NAV_CITIZEN
        if links is NAV_STAFF:
            missing = _not_theirs(request)
            links = [link for link in links if link[1] not in missing]
    path = request.path if request else ""
    begins = [href for href, _ in links if path == href or (href != "/" and path.startswith(href))]
    here = max(begins, key=len, default=None)
    unread = context.get("unread_count")
    return [
        NavLink(href, label, unread if href == "/inbox/" else None, href == here)
        for href, label in links
    ]


def _not_theirs(request: HttpRequest | None) -> set[str]:
    """What is there only for some of the staff: no link leads to a page that is not found."""
    actor = getattr(request, "actor", None)
    operates = bool(actor and actor.operator)
    sees_figures = operates or bool(actor and actor.supervises)
    has_desk = bool(actor and actor.desks)
    shown = {WINDOW: has_desk, PARCELS: has_desk, FIGURES: sees_figures, UPKEEP: operates}
    return {label for label, theirs in shown.items() if not theirs}


def target_of(field: BoundField) -> str:
    """The id of the first control that a person can type into or choose."""
    if named := field.id_for_label:
        return named
    return f"{field.auto_id}_0" if field.auto_id else ""


@register.simple_tag
def error_links(form: BaseForm | Iterable[BaseForm] | None) -> list[ErrorLink]:
    """Every error of a form, a formset or a list of forms, in the order of the page."""
    if not form:
        return []
    forms = [form] if isinstance(form, BaseForm) else list(form)
    links = [ErrorLink("", text) for text in getattr(form, "non_form_errors", list)()]
    for each in forms:
        links += [ErrorLink("", str(text)) for text in each.non_field_errors()]
        for field in each:
            links += [ErrorLink(target_of(field), str(text)) for text in field.errors]
    return links


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "", role: str = "") -> SafeString:
    """``{% notice "warning" title="…" %}…{% endnotice %}``: info, success, warning or error."""
    context = {"content": content, "kind": kind, "title": title, "role": role}
    return render_to_string("components/notice.html", context)


@register.simple_block_tag
def more(content: str, summary: str, open: bool = False) -> SafeString:
    """``{% more "为什么是这一天" %}…{% endmore %}``: text that opens on demand."""
    context = {"content": content, "summary": summary, "open": open}
    return render_to_string("components/more.html", context)


@register.simple_block_tag
def scroll(content: str, label: str) -> SafeString:
    """``{% scroll "办理流程图" %}<svg …>{% endscroll %}``: a wide figure scrolls inside itself."""
    return render_to_string("components/scroll.html", {"content": content, "label": label})
