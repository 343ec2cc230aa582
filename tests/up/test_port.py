"""The port: what people type, and what is already there."""

import socket

import pytest

from tongban.services.port import HOST, port_from, refuse_taken
from tongban.services.trouble import Trouble


def test_the_port_is_8000_unless_chosen() -> None:
    assert port_from({}) == port_from({"PORT": ""}) == 8000
    assert port_from({"PORT": " 8001 "}) == 8001


@pytest.mark.parametrize("given", ["0", "65536", "80a", "-1", "八千", "８０００"])
def test_what_is_no_port_is_refused_with_an_example(given: str) -> None:
    with pytest.raises(Trouble, match="PORT=8001 make up"):
        port_from({"PORT": given})


def test_a_taken_port_names_the_way_out() -> None:
    with socket.create_server((HOST, 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Trouble, match=rf"端口 {port} 已被.*PORT=\d+ make up"):
            refuse_taken(port)
    refuse_taken(port)
