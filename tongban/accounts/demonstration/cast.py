"""Who is who on the start page: the invented people by what they do."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils import timezone

from tongban.accounts.models import Posting, User
from tongban.accounts.names import open_accounts
from tongban.offices.models import Region

from .staff import TOWNSHIPS, WINDOWS

CITIZENS = {"50": "重庆群众", "51": "四川群众"}
WINDOW_CLERKS, DESK_CLERKS, HEADS = "窗口人员", "承办人员", "单位负责人"
SUPERVISORS, OPERATORS = "督办人员", "系统运维"
TITLES = (*CITIZENS.values(), WINDOW_CLERKS, DESK_CLERKS, HEADS, SUPERVISORS, OPERATORS)


@dataclass(frozen=True, slots=True)
class Person:
    username: str
    name: str
    works_at: str


@dataclass(frozen=True, slots=True)
class Group:
    """People of one role; `places` maps a region's name to its people, in the order of codes."""

    title: str
    places: dict[str, list[Person]]


@dataclass(frozen=True, slots=True)
class _Post:
    role: str
    kind: str
    office: str
    region: str


def cast_list() -> list[Group]:
    """Every invented person under their role and place. Three SQL statements."""
    posts = _posts()
    people: list[tuple[str, str, Person]] = []
    for user in open_accounts().filter(is_demonstration=True).order_by("username"):
        person = Person(user.username, user.name, _works_at(posts[user.pk]))
        people.append((_title(user, posts[user.pk]), _place(user, posts[user.pk]), person))
    names = dict(
        Region.objects.filter(code__in={place for _, place, _ in people}).values_list(
            "code", "full_name"
        )
    )
    groups: dict[str, dict[str, list[Person]]] = {title: {} for title in TITLES}
    for title, place, person in sorted(people, key=lambda row: row[1]):
        groups[title].setdefault(names.get(place, place), []).append(person)
    return [Group(title, places) for title, places in groups.items() if places]


def _posts() -> dict[int, list[_Post]]:
    rows = (
        Posting.objects.in_force(timezone.localdate())
        .filter(user__is_demonstration=True)
        .order_by("office_id")
        .values_list("user_id", "role", "office__kind", "office__name", "office__region_id")
    )
    posts: dict[int, list[_Post]] = defaultdict(list)
    for user_id, *post in rows:
        posts[user_id].append(_Post(*post))
    return posts


def _title(user: User, posts: list[_Post]) -> str:
    if not user.is_staff_member:
        return CITIZENS[user.region_code[:2]]
    roles, kinds = {post.role for post in posts}, {post.kind for post in posts}
    if Posting.Role.OPERATOR in roles:
        return OPERATORS
    if Posting.Role.SUPERVISOR in roles:
        return SUPERVISORS
    if Posting.Role.HEAD in roles:
        return HEADS
    return WINDOW_CLERKS if kinds <= {WINDOWS, TOWNSHIPS} else DESK_CLERKS


def _place(user: User, posts: list[_Post]) -> str:
    # A township's code begins with its county's.
    return posts[0].region[:6] if posts else user.region_code


def _works_at(posts: list[_Post]) -> str:
    if len(posts) < 2:
        return posts[0].office if posts else ""
    townships = all(post.kind == TOWNSHIPS for post in posts)
    return f"{len(posts)} 个乡镇街道便民服务中心" if townships else f"{len(posts)} 个机构"
