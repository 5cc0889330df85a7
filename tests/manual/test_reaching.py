"""The Caddyfile of docs/reaching.md, tried: a real Caddy before the desk, and somebody who signs in by it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from builders.desk import OpenDesk
from builders.page import form_of

from monitor.desk.edge import HEADERS, ProxiedApp
from monitor.service.web import Web

CADDY = shutil.which("caddy")
NAME, SERVED = "schoolgate.oakfield.example.sch.uk", "127.0.0.1:8477"
PAGE = Path(__file__).parents[2] / "docs" / "reaching.md"
BLOCKS = re.findall(r"```caddy\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.S)
SHIPPED = (PAGE.parents[1] / "deploy" / "Caddyfile").read_text(encoding="utf-8")
pytestmark = pytest.mark.skipif(CADDY is None, reason="no caddy here")


@pytest.mark.parametrize("block", BLOCKS)
def test_each_caddyfile_is_one(tmp_path, block):
    assert b'"dial":"127.0.0.1:8477"' in _adapted(tmp_path, block)


def test_the_caddyfile_that_containers_run_is_the_pages_own(tmp_path):
    assert _adapted(tmp_path, SHIPPED) == _adapted(tmp_path, BLOCKS[0])


def _adapted(tmp_path, block):
    file = tmp_path / "Caddyfile"
    file.write_text(block, encoding="utf-8")
    command = [CADDY, "adapt", "--config", file, "--adapter", "caddyfile"]
    env = {**os.environ, "SCHOOLGATE_HOST": NAME}
    return subprocess.run(command, capture_output=True, check=True, env=env).stdout


@pytest.fixture
def caddy(tmp_path):
    """The desk behind Caddy: its port, the desk, and whom it took for the caller of each request."""
    desk, seen = OpenDesk(tmp_path / "home"), []
    desk.context = replace(desk.context, links=replace(desk.context.links, base_url=f"https://{NAME}"))

    async def watched(scope, receive, send):
        seen.append(scope["client"][0])
        await desk.app(scope, receive, send)

    web = Web(ProxiedApp(watched, SERVED, ["127.0.0.1"]), "127.0.0.1", 0, "[serve] listen")
    web.start()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    here = ("admin off", "local_certs", "skip_install_trust", "default_bind 127.0.0.1")
    file = tmp_path / "Caddyfile"
    block = BLOCKS[0].replace(f"{NAME} {{", f"{NAME}:{port} {{").replace(SERVED, f"127.0.0.1:{web.port}")
    file.write_text("\n".join(("{", *here, "auto_https disable_redirects", "}", block)), encoding="utf-8")
    env = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    command = [CADDY, "run", "--config", file, "--adapter", "caddyfile"]
    with subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL) as process:
        _wait_for(port)
        yield port, desk, seen
        process.terminate()
    web.stop()


def _wait_for(port):
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)


class Visitor(httpx.Client):
    """Somebody at another address of this machine, who says that they are elsewhere."""

    def __init__(self, port):
        way = httpx.HTTPTransport(verify=False, local_address="127.0.0.9")
        headers = {"Host": NAME, "X-Forwarded-For": "203.0.113.9"}
        super().__init__(transport=way, base_url=f"https://127.0.0.1:{port}", headers=headers)

    def request(self, *asked, **given):
        return super().request(*asked, **given | {"extensions": {"sni_hostname": NAME}})


def test_somebody_signs_in_through_it_and_is_known_by_their_own_address(caddy):
    """Over a second: a web server starts, makes its certificate, and passes on five requests."""
    port, desk, seen = caddy
    with Visitor(port) as visitor:
        _sign_in(visitor, desk)
    assert set(seen) == {"127.0.0.9"}


def _sign_in(visitor, desk):
    address = {"address": desk.address("head"), "do": "send_code", "device": "shared"}
    asked = visitor.post("/sign-in", data=form_of(visitor.get("/sign-in")) | address)
    answer = visitor.post("/sign-in", data={**form_of(asked), "code": desk.code(), "do": "prove"})
    assert answer.status_code == 303
    cookies = answer.headers.get_list("set-cookie")
    assert all(each.startswith("__Host-") and "Secure" in each for each in cookies)
    page = visitor.get("/")
    assert "Jane Holt" in page.text
    for each in (page, visitor.get("/nothing")):
        assert all(len(each.headers.get_list(name)) == 1 for name in HEADERS)
        assert each.headers["strict-transport-security"] == "max-age=31536000"
