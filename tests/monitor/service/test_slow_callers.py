"""Whoever calls slowly keeps nobody else from an answer, and commands given at once do what they should."""

import asyncio
import signal
import socket
import time
from contextlib import contextmanager, suppress
from urllib.request import urlopen

import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from support.at_once import all_at_once
from support.forked import Forked, server
from support.slow_callers import WAYS

from monitor.service.web import Patience, Web

BRIEF = Patience(arrives_s=0.4, answered_s=0.4, most=20)


@contextmanager
def served(app, patience=Patience()):  # noqa: B008 - it is frozen
    web = Web(app, "127.0.0.1", 0, "[serve] health_port", patience)
    web.start()
    try:
        yield web.port
    finally:
        web.stop()


def a_form():
    """Answers with what was sent; counts whose form broke off."""
    broken = []

    async def answer(request: Request) -> PlainTextResponse:
        try:
            return PlainTextResponse(await request.body())
        except ClientDisconnect:
            broken.append(request.url.path)
            return PlainTextResponse("")

    return Starlette(routes=[Route("/", answer, methods=["GET", "POST"])]), broken


def ended_after(line: socket.socket, *, dripping=b"") -> float:
    """Seconds until the other side hangs up."""
    began = time.monotonic()
    line.settimeout(0.05)
    while time.monotonic() - began < 5:
        try:
            line.sendall(dripping)
            if line.recv(4096) == b"":
                break
        except TimeoutError:
            continue
        except ConnectionError:
            break
    return time.monotonic() - began


@pytest.mark.parametrize("way", [way for way in WAYS if way != "never reads the answer"])
def test_a_request_that_is_not_there_in_time_is_given_up(way):
    app, broken = a_form()
    first, drip = (part.replace(b"{path}", b"/") for part in WAYS[way])
    with served(app, BRIEF) as port, socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(first)
        assert 0.3 < ended_after(line, dripping=drip) < 2
    assert broken == (["/"] if "body" in way else [])


def test_an_answer_that_nobody_takes_is_given_up():
    async def long(request: Request) -> PlainTextResponse:
        return PlainTextResponse("x" * 20_000_000)

    with served(Starlette(routes=[Route("/", long)]), BRIEF) as port, socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.connect(("127.0.0.1", port))
        line.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        time.sleep(1)
        line.settimeout(5)
        taken = 0
        with suppress(ConnectionError):
            while piece := line.recv(65536):
                taken += len(piece)
    assert taken < 20_000_000


def test_what_takes_long_to_answer_is_not_given_up_as_a_slow_caller():
    async def slow(request: Request) -> PlainTextResponse:
        await asyncio.sleep(0.8)
        return PlainTextResponse("done")

    patience = Patience(arrives_s=0.2, answered_s=5, most=20)
    with served(Starlette(routes=[Route("/", slow)]), patience) as port:
        assert urlopen(f"http://127.0.0.1:{port}/", timeout=5).read() == b"done"


def test_a_connection_is_for_one_request_so_that_nobody_keeps_one_open():
    app, _ = a_form()
    with served(app) as port, socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        line.settimeout(2)
        told = b""
        while piece := line.recv(4096):
            told += piece
    assert b"\r\nconnection: close\r\n" in told.lower()


def test_a_server_that_does_not_say_how_it_takes_callers_in_answers_without_our_limits(monkeypatch, caplog):
    monkeypatch.setattr("monitor.service.web.getattr", lambda *_: None, raising=False)
    app, _ = a_form()
    with served(app) as port:
        assert urlopen(f"http://127.0.0.1:{port}/", timeout=5).status == 200
    assert "slow ones are cut off by no limit of ours" in caplog.text


def test_where_too_many_are_half_open_the_oldest_of_them_make_room():
    app, _ = a_form()
    patience = Patience(arrives_s=60, answered_s=60, most=3)
    with served(app, patience) as port:
        lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(8)]
        try:
            assert all(ended_after(line) < 1 for line in lines[:5])
            for line in lines[5:]:
                line.settimeout(5)
                line.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                assert line.recv(12) == b"HTTP/1.1 200"
        finally:
            for line in lines:
                line.close()


def test_who_has_sent_much_and_not_all_keeps_nobody_out_who_comes_later():
    app, _ = a_form()
    begins = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9000000\r\n\r\n" + bytes(100_000)
    with served(app, Patience(arrives_s=60, answered_s=60, most=3)) as port:
        lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(3)]
        for line in lines:
            line.sendall(begins)
        time.sleep(0.3)  # it is there
        try:
            with socket.create_connection(("127.0.0.1", port), 5) as later:
                time.sleep(0.1)
                later.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                assert later.recv(12) == b"HTTP/1.1 200"
        finally:
            for line in lines:
                line.close()


# ---------------------------------- commands that are given at once: none fails because another is at work


def test_commands_given_at_once_beside_the_service_all_do_what_they_should(tmp_path):
    """Twenty of them, on a busy machine: benchmarks/soak/at_once.py."""
    assert all_at_once(tmp_path, count=4) == []


def test_a_run_with_the_number_of_an_earlier_one_is_not_taken_for_ended(monkeypatch):
    forking = server("json")
    monkeypatch.setattr(forking, "_ended", dict.fromkeys(range(2, 1 << 16), 1))
    run = Forked("import time; time.sleep(60)", modules=("json",))
    assert run.poll() is None
    run.terminate()
    run.communicate(timeout=30)
    assert run.returncode == -signal.SIGTERM
