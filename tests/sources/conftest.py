"""For the fetcher's tests: no socket here may reach beyond this machine."""

import ipaddress
import socket

import pytest
import support.strain


class Dialled(list):
    """The addresses connected to, in order."""


@pytest.fixture(autouse=True)
def dialled(monkeypatch):
    """Notes every address that is dialled, and fails the test where one lies off loopback."""
    seen = Dialled()
    strays = []
    connect = socket.socket.connect

    def watched(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            seen.append(address[0])
            if not ipaddress.ip_address(address[0]).is_loopback:
                strays.append(address[0])
                raise AssertionError(f"dialled {address}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", watched)
    yield seen
    assert not strays, f"dialled off this machine: {strays}"


@pytest.fixture(scope="module")
def apart():
    reader = support.strain.reader()
    yield reader
    reader.let_go(0.0)
