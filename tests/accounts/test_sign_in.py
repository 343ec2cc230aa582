from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.conf import settings as site
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import identify_hasher
from django.test import Client
from pytest_django import Settings

from tongban.accounts import backends
from tongban.accounts.models import User
from tongban.accounts.names import account_named

from .conftest import LIU_ID, LIU_PHONE, PASSWORD, SITE_HASHERS


def sign_in(client: Client, account: str, password: str = PASSWORD, **more: str) -> str | None:
    """The page it leads to, or None when the form comes back."""
    answer = client.post("/sign-in/", {"account": account, "password": password, **more})
    assert answer.status_code in (200, 302)
    return answer.headers.get("Location")


def sign_in_form(page: str) -> str:
    """The page's own form, without the frame's."""
    return page.partition('action="/sign-in/"')[2].partition("</form>")[0]


def signed_in(client: Client) -> bool:
    return SESSION_KEY in client.session


@pytest.mark.parametrize(
    "account",
    ["liu-xuemei", " Liu-Xuemei ", LIU_PHONE, "+86 164 0000 0001", LIU_ID, LIU_ID.lower()],
)
def test_a_citizen_signs_in_by_any_of_three_names(client: Client, liu: User, account: str) -> None:
    assert sign_in(client, account) == "/"
    assert client.session[SESSION_KEY] == str(liu.pk)


def test_a_clerk_comes_to_the_desk(client: Client, clerk: User) -> None:
    assert sign_in(client, "he-guoqiang") == "/desk/"


@pytest.mark.parametrize(
    ("account", "password"),
    [
        ("liu-xuemei", "wrong"),
        ("liu-xuemei", PASSWORD + " "),
        ("liu", PASSWORD),
        ("16400000002", PASSWORD),
        ("51170219901105123", PASSWORD),
    ],
)
def test_wrong_names_and_wrong_passwords_get_the_same_answer(
    client: Client, liu: User, account: str, password: str
) -> None:
    page = client.post("/sign-in/", {"account": account, "password": password})
    assert "账号或密码不正确，请检查后重新填写" in page.text
    assert not signed_in(client)


def test_the_page_keeps_the_typed_account_but_never_the_password(client: Client, liu: User) -> None:
    page = client.post("/sign-in/", {"account": LIU_PHONE, "password": "not-this-one"})
    assert f'value="{LIU_PHONE}"' in page.text
    assert "not-this-one" not in page.text
    assert "no-store" in page["Cache-Control"]


def test_errors_are_listed_on_top_with_links_to_the_boxes(client: Client, db: None) -> None:
    page = client.post("/sign-in/", {"account": "", "password": ""})
    summary, _, _ = page.text.partition('action="/sign-in/"')
    assert "error-summary" in summary
    for target, says in (("id_account", "请填写账号"), ("id_password", "请填写密码")):
        assert f'href="#{target}"' in summary
        assert says in summary


@pytest.mark.parametrize("account", ["a" * 65, "\0", "<script>", "' OR 1=1 --", "😀" * 20, "·"])
@pytest.mark.parametrize("password", ["x", "x" * 129, "\0"])
def test_hostile_input_gets_the_form_back(
    client: Client, liu: User, account: str, password: str
) -> None:
    page = client.post("/sign-in/", {"account": account, "password": password})
    assert page.status_code == 200
    assert "error-summary" in page.text
    assert "<script>alert" not in page.text
    assert 'value="<script>' not in page.text


def test_a_closed_account_stays_out_and_its_sessions_end(client: Client, liu: User) -> None:
    assert sign_in(client, "liu-xuemei") == "/"
    User.objects.filter(pk=liu.pk).update(is_active=False)
    assert client.get("/sign-in/").status_code == 200  # as a stranger
    assert sign_in(Client(), "liu-xuemei") is None


def test_a_phone_shared_by_two_citizens_names_neither(client: Client, liu: User) -> None:
    User.objects.create_user(username="liu-daming", password=PASSWORD, phone=LIU_PHONE)
    assert sign_in(client, LIU_PHONE) is None
    assert sign_in(client, LIU_ID) == "/"


def test_an_id_number_means_the_persons_own_account_before_the_one_for_work(
    client: Client, liu: User
) -> None:
    User.objects.create_user(username="liu-desk", kind="staff", id_number=LIU_ID)
    assert account_named(LIU_ID) == liu


def test_an_unknown_name_costs_one_hash_like_a_wrong_password(
    client: Client, liu: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent: list[str] = []
    monkeypatch.setattr(backends, "make_password", spent.append)
    sign_in(client, "nobody-here", "wrong")
    assert spent == ["wrong"]
    sign_in(client, "liu-xuemei", "wrong")
    assert spent == ["wrong"]


def test_passwords_are_kept_with_argon2(liu: User, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = SITE_HASHERS
    liu.set_password(PASSWORD)
    assert identify_hasher(liu.password).algorithm == "argon2"


@pytest.mark.parametrize("wanted", ["/my/", "/inbox/?page=2"])
def test_people_come_back_to_the_page_that_asked(client: Client, liu: User, wanted: str) -> None:
    page = client.get(f"/sign-in/?next={quote(wanted)}")
    assert f'name="next" value="{wanted}"' in page.text
    assert sign_in(client, "liu-xuemei", next=wanted) == wanted
    assert client.get(f"/sign-in/?next={quote(wanted)}")["Location"] == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///x",
    ],
)
def test_nobody_is_sent_to_another_site(client: Client, liu: User, wanted: str) -> None:
    assert 'name="next" value="' not in sign_in_form(client.get("/sign-in/", {"next": wanted}).text)
    assert sign_in(client, "liu-xuemei", next=wanted) == "/"


def test_signing_in_changes_the_session_key(client: Client, liu: User) -> None:
    session = client.session
    session["draft"] = "1"
    session.save()
    before = session.session_key
    sign_in(client, "liu-xuemei")
    assert client.session.session_key != before


def test_signing_out_takes_a_post_and_empties_the_session(client: Client, liu: User) -> None:
    sign_in(client, "liu-xuemei")
    assert client.get("/sign-out/").status_code == 405
    assert signed_in(client)
    assert client.post("/sign-out/")["Location"] == "/"
    assert not signed_in(client)


@pytest.mark.parametrize("path", ["/sign-in/", "/sign-out/"])
def test_a_post_from_another_site_is_refused(liu: User, path: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(path, {"account": "liu-xuemei", "password": PASSWORD})
    assert answer.status_code == 403


def test_cookies_are_guarded(client: Client, liu: User) -> None:
    sign_in(client, "liu-xuemei")
    cookie = client.cookies[site.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert bool(cookie["secure"]) == site.SESSION_COOKIE_SECURE == site.CSRF_COOKIE_SECURE


def test_nobody_signs_in_to_an_invented_persons_account_with_a_password(
    client: Client, liu: User, settings: Settings
) -> None:
    settings.DEMONSTRATION = False
    User.objects.filter(pk=liu.pk).update(is_demonstration=True)
    assert sign_in(client, "liu-xuemei") is None


@pytest.fixture(autouse=True)
def no_password_in_any_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(0)
    yield
    for record in caplog.get_records("call"):
        for secret in (PASSWORD, LIU_ID, LIU_PHONE):
            assert secret not in record.getMessage()
