"""What every answer carries, whoever asks."""

from django.test import Client

from tests.world import World


def test_a_page_lets_nothing_from_elsewhere_run(world: World, client: Client) -> None:
    headers = client.get("/sign-in/").headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_pages_of_a_signed_in_person_are_kept_by_no_cache(world: World, client: Client) -> None:
    client.force_login(world.citizen)
    assert client.get("/inbox/").headers["Cache-Control"] == "private, no-store"
