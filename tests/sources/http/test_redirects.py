"""The requests one fetch is made of: what is sent first, and what a redirect may take along."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.types import Outcome, Request, SourceState
from sources.http.aborted import FetchAborted
from sources.http.exchange import HttpAnswer
from sources.http.redirects import Step, first_step, followed

HERE = "https://forum.example.org/a/b"


def redirect(location, status=302):
    return HttpAnswer(HERE, status, (("location", location),), b"")


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/c", "https://forum.example.org/c"),
        ("c?x=1#y", "https://forum.example.org/a/c?x=1"),
        ("//other.example.org/c", "https://other.example.org/c"),
        ("http://other.example.org", "http://other.example.org"),
        ("/caf\u00c3\u00a9", "https://forum.example.org/café"),
        ("/caf\u00e9", "https://forum.example.org/café"),
    ],
)
def test_an_address_is_resolved_against_where_it_stands(location, url):
    assert followed(Step(HERE), redirect(location)).url == url


@pytest.mark.parametrize("status", [200, 300, 304, 404])
def test_only_redirects_are_followed(status):
    assert followed(Step(HERE), redirect("/c", status)) is None


def test_a_redirect_without_an_address_is_none():
    assert followed(Step(HERE), HttpAnswer(HERE, 302, (), b"")) is None


@pytest.mark.parametrize(
    ("method", "status", "becomes"),
    [
        ("POST", 301, "GET"),
        ("POST", 302, "GET"),
        ("POST", 303, "GET"),
        ("POST", 307, "POST"),
        ("POST", 308, "POST"),
        ("HEAD", 303, "HEAD"),
        ("GET", 307, "GET"),
    ],
)
def test_methods_change_as_browsers_change_them(method, status, becomes):
    onward = followed(Step(HERE, method), redirect("/c", status))
    assert (onward.method, onward.body) == (becomes, None)


@pytest.mark.parametrize(
    "location",
    [
        "https://other.example.org/c",
        "https://www.forum.example.org/c",
        "https://forum.example.org:8443/c",
        "http://forum.example.org/c",
    ],
)
def test_another_host_port_or_scheme_gets_nothing_that_is_ours(location):
    step = Step(HERE, headers=(("X-Key", "k"), ("Accept", "text/html")), credential=("Authorization", "x"))
    onward = followed(step, redirect(location))
    assert (onward.headers, onward.credential) == ((("Accept", "text/html"),), None)


def test_the_same_site_keeps_all():
    step = Step(HERE, headers=(("X-Key", "k"),), credential=("Authorization", "x"))
    onward = followed(step, redirect("https://FORUM.example.org:443/c"))
    assert (onward.headers, onward.credential) == (step.headers, step.credential)


@given(st.text(max_size=60), st.sampled_from([301, 302, 303, 307, 308]))
def test_any_address_gives_a_web_address_or_a_known_end(location, status):
    try:
        onward = followed(Step(HERE), redirect(location, status))
    except FetchAborted as stop:
        onward, known = None, stop.outcome in (Outcome.MISCONFIGURED, Outcome.UNREACHABLE)
    else:
        known = True
    assert known
    assert onward is None or onward.url.lower().startswith(("http://", "https://"))


def test_validators_go_with_reading_only():
    state = SourceState("s", etag='"v1"')
    assert first_step(Request(HERE), state, None).conditional
    assert not first_step(Request(HERE, method="post", body=b"x"), state, None).conditional
    assert not first_step(Request(HERE), None, None).conditional
