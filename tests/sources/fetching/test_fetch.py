"""What the fetcher makes of answers that come: pages, walls, redirects, validators, robots.txt, paces."""

import gzip
import threading
import zlib
from dataclasses import replace
from itertools import pairwise

import pytest
import support.strain
from builders.fetcher import NOW, QUICK, fetch_each, fetcher_for, with_key
from support.for_each import for_each
from support.web_server import Answer, serve

from data.types import FetchFailure, Outcome, Request, Response, SourceState
from sources.http.politeness import Gate

PAGE = "<html><body><article><p>Choir sings at the hospice.</p></article></body></html>"


def ask(routes, path="/page", conditional=None, headers=(), **kwargs):
    with serve(routes) as site:
        result = fetcher_for(site, **kwargs).fetch(Request(f"{site}{path}", headers=headers), conditional)
    return result, site


def failure(routes, path="/page", **kwargs):
    result, _ = ask(routes, path, **kwargs)
    assert isinstance(result, FetchFailure), result
    return result


def test_a_page_comes_back_whole_or_too_large_with_the_time_it_was_fetched():
    result, site = ask({"/page": PAGE})
    assert result == Response(f"{site}/page", 200, result.headers, PAGE.encode(), NOW)
    limits = replace(QUICK, max_body_bytes=100)
    result = failure({"/page": b"x" * 101}, limits=limits)
    assert (result.outcome, result.detail) == (Outcome.TOO_LARGE, "The answer is longer than 100 bytes.")
    assert len(ask({"/page": b"x" * 100}, limits=limits)[0].body) == 100


def test_the_site_is_told_who_asks_and_keeps_no_cookie():
    _, site = ask({"/page": PAGE})
    assert site.asked[-1].headers["user-agent"] == "Schoolgate/0 (+office@oakfield.example.sch.uk)"
    assert site.asked[-1].headers["accept-encoding"] == "gzip, deflate"
    answer = Answer(200, PAGE.encode(), {"X-Kind": "paper", "Set-Cookie": "id=1"})
    result, _ = ask({"/page": answer})
    assert result.header("X-Kind") == "paper"
    assert result.header("set-cookie") is None
    answer = Answer(200, PAGE.encode(), {"Set-Cookie": "id=1; Path=/"})
    with serve({"/page": answer}) as site:
        fetcher = fetcher_for(site)
        for _ in range(2):
            fetcher.fetch(Request(f"{site}/page"))
    assert all("cookie" not in asked.headers for asked in site.asked)


def test_what_came_is_left_as_it_is_unless_its_compression_cannot_be_undone():
    body = "café".encode("cp1252")
    result, _ = ask({"/page": Answer(200, body, {"Content-Type": "text/html; charset=utf-8"})})
    assert result.body == body
    assert failure({"/page": Answer(200, b"..", {"Content-Encoding": "br"})}).outcome is Outcome.MALFORMED


def test_compression_is_undone_and_no_longer_named():
    packed = zlib.compress(gzip.compress(PAGE.encode()))
    result, _ = ask({"/page": Answer(200, packed, {"Content-Encoding": "gzip, deflate"})})
    assert (result.body, result.header("content-encoding")) == (PAGE.encode(), None)


def test_validators_go_along_and_304_is_an_answer_only_where_it_was_asked_for():
    state = SourceState("s", etag='"v1"', last_modified="Mon, 16 Nov 2026 08:00:00 GMT")
    result, site = ask({"/page": Answer(304)}, conditional=state)
    assert (result.status, result.body) == (304, b"")
    assert site.asked[-1].headers["if-none-match"] == '"v1"'
    assert site.asked[-1].headers["if-modified-since"] == "Mon, 16 Nov 2026 08:00:00 GMT"
    assert failure({"/page": Answer(304)}).outcome is Outcome.UNREACHABLE

    def lying(exchange):
        said = exchange.asked.headers
        return Answer(
            412 if "if-none-match" in said else 200 if "cache-control" in said else 304, PAGE.encode()
        )

    for given, asked in ((state, 2), (None, 2)):
        result, site = ask({"/page": lying}, conditional=given)
        assert (result.body, len(site.paths)) == (PAGE.encode(), asked)


@for_each(
    ("status", "outcome"),
    [
        (400, Outcome.MISCONFIGURED), (401, Outcome.BLOCKED), (403, Outcome.BLOCKED), (404, Outcome.GONE),
        (405, Outcome.MISCONFIGURED), (408, Outcome.UNREACHABLE), (410, Outcome.GONE),
        (429, Outcome.BLOCKED), (451, Outcome.BLOCKED), (500, Outcome.UNREACHABLE),
        (503, Outcome.UNREACHABLE),
    ],
)  # fmt: skip
def test_every_status_that_is_no_page_has_its_outcome(status, outcome):
    result = failure({"/page": Answer(status, b"no")})
    assert (result.outcome, result.status) == (outcome, status)
    assert str(status) in result.detail


def test_a_host_that_asked_to_be_left_alone_is_not_asked_again():
    with serve({"/page": Answer(429, b"", {"Retry-After": "120"}), "/other": PAGE}) as site:
        fetcher = fetcher_for(site)
        fetcher.fetch(Request(f"{site}/page"))
        second = fetcher.fetch(Request(f"{site}/other"))
    assert site.paths == ["/page"]
    assert second.outcome is Outcome.BLOCKED
    assert second.retry_after_s == pytest.approx(120, abs=5)


def test_a_challenge_is_blocked_whatever_its_status():
    wall = b"<html><head><title>Just a moment...</title></head><body><script>x</script></body></html>"
    for status in (200, 403, 503):
        result = failure({"/page": Answer(status, wall, {"Content-Type": "text/html"})})
        assert (result.outcome, result.status) == (Outcome.BLOCKED, status)
        assert result.detail == "The site asks for proof that a browser is at work."


@for_each(
    ("title", "words", "outcome"),
    [
        ("Before you continue to Example", "We use cookies", Outcome.BLOCKED),
        ("Page not found", "<p>Sorry about that.</p>", Outcome.GONE),
    ],
)
def test_a_consent_wall_is_blocked_and_a_page_that_is_not_there_gone_though_they_answer_200(
    title, words, outcome
):
    wall = f"<html><head><title>{title}</title></head><body>{words}</body></html>"
    assert failure({"/page": wall}).outcome is outcome


def test_a_redirect_is_followed_without_its_body_and_circles_and_endless_ones_end():
    routes = {"/page": Answer(301, b"", {"Location": "moved?a=1#top"}), "/moved": PAGE}
    result, site = ask(routes)
    assert result.url == f"{site}/moved?a=1"
    assert site.paths == ["/page", "/moved?a=1"]

    def endless(exchange):
        exchange.head(302, Location="/moved", Content_Length="99999999999")
        while exchange.wait(0.01):
            exchange.write(b"x" * 1024)

    result, _ = ask({"/page": endless, "/moved": PAGE})
    assert result.body == PAGE.encode()
    routes = {"/page": Answer(302, b"", {"Location": "/b"}), "/b": Answer(302, b"", {"Location": "/page"})}
    result, site = ask(routes)
    assert (result.outcome, len(site.paths)) == (Outcome.UNREACHABLE, 2)
    assert "circle" in result.detail

    def onward(exchange):
        return Answer(302, b"", {"Location": exchange.asked.path + "x"})

    routes = {"/page": onward} | {"/page" + "x" * n: onward for n in range(1, 9)}
    result, site = ask(routes)
    assert (result.outcome, len(site.paths)) == (Outcome.UNREACHABLE, 1 + QUICK.max_redirects)


def test_a_site_that_only_wants_its_cookie_back_gets_it_once_and_for_this_fetch_alone():
    def wants(exchange):
        if exchange.asked.headers.get("cookie") == "seen=1; lang=en":
            return Answer(200, PAGE.encode())
        exchange.head(302, Location="/page", set_cookie="seen=1; Path=/; HttpOnly", Set_Cookie="lang=en")
        return None

    result, site = ask({"/page": wants})
    assert (result.body, len(site.paths)) == (PAGE.encode(), 2)
    for_ever = Answer(302, b"", {"Location": "/page", "Set-Cookie": "never=enough"})
    result, site = ask({"/page": for_ever})
    assert (result.outcome, len(site.paths)) == (Outcome.UNREACHABLE, 2)
    with serve({"/page": PAGE}) as other:
        onward = Answer(302, b"", {"Location": f"{other}/page", "Set-Cookie": "theirs=1"})
        with serve({"/page": onward}) as site:
            fetcher_for(site, other).fetch(Request(f"{site}/page"))
    assert "cookie" not in other.asked[-1].headers


REFRESH = "<html><head><meta http-equiv='Refresh' content='{}'></head><body>{}</body></html>"


@for_each(
    ("content", "words", "ends"),
    [
        ("0; url=/moved", "Moved.", "/moved"),
        ("2;URL=&quot;moved?a=1&amp;b=2&quot;", "", "/moved?a=1&b=2"),
        ("0; url=/page", "Here you are.", "/page"),
        ("300; url=/moved", "Reloads now and then.", "/page"),
        ("0; url=/moved", "<p>A page of words.</p>" * 50, "/page"),
        ("0; url=/again", "", "/page"),
    ],
)
def test_a_page_without_words_that_leads_on_is_followed_once(content, words, ends):
    routes = {"/page": REFRESH.format(content, words), "/moved": PAGE}
    routes["/again"] = REFRESH.format("0; url=/moved", "And on.")
    result, site = ask(routes)
    assert (getattr(result, "url", "").removeprefix(site), len(site.paths) < 3) == (ends, True)


@for_each("inside", ["http://169.254.169.254/", "file:///etc/passwd", "/closed"])
def test_a_page_leads_nowhere_that_a_redirect_may_not(inside):
    robots = "User-agent: *\nDisallow: /closed"
    routes = {"/page": REFRESH.format(f"0; url={inside}", ""), "/robots.txt": robots, "/closed": PAGE}
    result, site = ask(routes)
    assert result.outcome in (Outcome.UNREACHABLE, Outcome.REFUSED_BY_ROBOTS)
    assert "/closed" not in site.paths


def test_no_redirect_leads_to_somebodys_profile():
    onward = Answer(302, b"", {"Location": "/members/ann.7/"})
    routes = {"/threads/gone.12/": onward, "/members/ann.7/": "all she said", "/@oakfield": onward}
    with serve(routes) as site:
        result = fetcher_for(site).fetch(Request(f"{site}/threads/gone.12/"))
        assert (result.outcome, result.detail) == (
            Outcome.UNREACHABLE,
            "The site redirects to somebody's profile, and we never read profiles. If it is the school's "
            "own, give the profile's address instead, with own = true.",
        )
        assert site.paths == ["/threads/gone.12/"]
        assert fetcher_for(site).fetch(Request(f"{site}/@oakfield")).status == 200


def test_a_post_becomes_a_get_after_303_and_its_body_goes_to_no_other_site():
    with serve({"/page": Answer(303, b"", {"Location": "/done"}), "/done": PAGE}) as site:
        fetcher_for(site).fetch(Request(f"{site}/page", method="POST", body=b"q=oakfield"))
    sent = [(one.method, one.path, one.body) for one in site.asked if one.path != "/robots.txt"]
    assert sent == [("POST", "/page", b"q=oakfield"), ("GET", "/done", b"")]
    with (
        serve({"/there": PAGE}) as other,
        serve({"/page": Answer(307, b"", {"Location": f"{other}/there"})}) as site,
    ):
        result = fetcher_for(site, other).fetch(Request(f"{site}/page", method="POST", body=b"secret"))
    assert result.outcome is Outcome.UNREACHABLE
    assert other.paths == []


def test_a_credential_is_known_sent_encrypted_and_to_its_own_site_alone():
    with serve({"/there": PAGE}) as other:
        routes = {
            "/page": Answer(302, b"", {"Location": "/here"}),
            "/here": Answer(302, b"", {"Location": f"{other}/there"}),
        }
        with serve(routes) as site:
            fetcher = fetcher_for(site, other, **with_key("paper"))
            result = fetcher.fetch(
                Request(f"{site}/page", headers=(("X-Api-Key", "k"), ("Accept", "text/html")), auth="paper")
            )
    assert result.status == 200
    assert [one.headers.get("authorization") for one in site.asked] == ["Bearer abc"] * 2
    last = other.asked[-1].headers
    assert "authorization" not in last
    assert "x-api-key" not in last
    assert last["accept"] == "text/html"
    with serve({"/page": PAGE}) as site:
        result = fetcher_for(site).fetch(Request(f"{site}/page", auth="paper"))
    assert (result.outcome, site.asked) == (Outcome.MISCONFIGURED, [])
    for address in ("http://api.example.org/", "https://elsewhere.example.org/"):
        fetcher = fetcher_for(**with_key("any", "api.example.org"), resolve=lambda host, port: ["8.8.8.8"])
        refused = fetcher.fetch(Request(address, auth="any"))
        assert refused.outcome is Outcome.MISCONFIGURED
        assert "not to" in refused.detail


def test_neither_proxies_nor_netrc_of_the_machine_are_used(monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("all_proxy", "http://127.0.0.1:9")
    result, site = ask({"/page": PAGE})
    assert result.status == 200
    assert "authorization" not in site.asked[-1].headers


def test_headers_that_are_the_fetchers_own_cannot_be_set_by_a_request():
    given = (("Host", "other.example.org"), ("User-Agent", "Mozilla"), ("Cookie", "a=b"), ("X-Mine", "1"))
    _, site = ask({"/page": PAGE}, headers=given)
    sent = site.asked[-1].headers
    assert sent["host"] == f"{site.host}:{site.port}"
    assert sent["user-agent"].startswith("Schoolgate")
    assert "cookie" not in sent
    assert sent["x-mine"] == "1"


@for_each("value", ["a\r\nInjected: 1", "tŷ", "\u2019"])
def test_a_header_that_cannot_be_sent_is_a_fault_of_the_configuration(value):
    result, site = ask({"/page": PAGE}, headers=(("X-Bad", value),))
    assert (result.outcome, site.asked) == (Outcome.MISCONFIGURED, [])


def test_a_fetcher_is_the_fetch_of_the_other_rooms_and_closed_asks_nothing():
    with serve({"/page": PAGE}) as site:
        fetcher = fetcher_for(site)
        fetcher.close()
        assert fetcher.fetch(Request(f"{site}/page")).outcome is Outcome.UNREACHABLE
    assert site.asked == []
    with serve({"/page": PAGE}) as site:
        assert fetcher_for(site)(Request(f"{site}/page")).status == 200


def test_a_failure_keeps_what_the_site_sent_unless_it_cannot_be_looked_at():
    with serve({"/gone": Answer(410, b"<p>taken down</p>")}) as site:
        gone = fetcher_for(site).fetch(Request(f"{site}/gone"))
    assert (gone.answer.status, gone.answer.body) == (410, b"<p>taken down</p>")
    silent = fetcher_for().fetch(Request("http://127.0.0.1:1/"))
    assert silent.answer is None
    found = failure({"/page": Answer(200, b"<html>")}, apart=support.strain.refusing)
    assert (found.outcome, found.detail, found.status) == (Outcome.MALFORMED, "It takes too long.", 200)
    assert found.answer is None


# --- robots.txt: asked once, by the same guarded way, before anything else


REFUSAL = b"User-agent: *\nDisallow: /page\n"


def test_robots_txt_is_read_once_obeyed_and_closes_the_site_where_it_fails():
    with serve({"/robots.txt": REFUSAL, "/a": PAGE, "/b": PAGE, "/page": PAGE}) as site:
        fetcher = fetcher_for(site)
        results = [fetcher.fetch(Request(f"{site}{path}")) for path in ("/a", "/b", "/page")]
    assert results[-1].outcome is Outcome.REFUSED_BY_ROBOTS
    assert [one.path for one in site.asked] == ["/robots.txt", "/a", "/b"]
    result, site = ask({"/robots.txt": Answer(503, b"", {"Retry-After": "60"}), "/page": PAGE})
    assert (result.outcome, result.status, result.retry_after_s) == (Outcome.UNREACHABLE, 503, 60)
    assert "robots.txt" in result.detail
    assert site.paths == []


def test_robots_txt_behind_redirects_or_without_end_is_obeyed_and_one_that_leads_inside_closes_the_site(
    dialled,
):
    routes = {
        "/robots.txt": Answer(301, b"", {"Location": "/rules"}),
        "/rules": Answer(301, b"", {"Location": "/rules.txt"}),
        "/rules.txt": REFUSAL,
        "/page": PAGE,
    }
    assert ask(routes)[0].outcome is Outcome.REFUSED_BY_ROBOTS
    routes = {"/robots.txt": Answer(302, b"", {"Location": "http://169.254.169.254/"}), "/page": PAGE}
    result, site = ask(routes)
    assert result.outcome is Outcome.UNREACHABLE
    assert site.paths == []

    def endless(exchange):
        exchange.head(200)
        exchange.write(REFUSAL)
        while exchange.wait(0):
            exchange.write(b"# and so on\n" * 4096)

    assert ask({"/robots.txt": endless, "/page": PAGE})[0].outcome is Outcome.REFUSED_BY_ROBOTS
    with (
        serve({"/robots.txt": REFUSAL, "/page": PAGE}) as other,
        serve({"/go": Answer(302, b"", {"Location": f"{other}/page"})}) as site,
    ):
        result = fetcher_for(site, other).fetch(Request(f"{site}/go"))
    assert result.outcome is Outcome.REFUSED_BY_ROBOTS
    assert other.paths == []


def test_what_is_made_for_programs_is_asked_without_robots_txt():
    with serve({"/robots.txt": REFUSAL, "/page": b"{}"}) as site:
        fetcher = fetcher_for(site, **with_key("api"))
        assert fetcher.fetch(Request(f"{site}/page", auth="api")).status == 200
    assert [one.path for one in site.asked] == ["/page"]
    result, site = ask({"/robots.txt": REFUSAL, "/page": PAGE}, obey_robots=False)
    assert result.status == 200
    assert [one.path for one in site.asked] == ["/page"]


def test_the_crawl_delay_sets_the_pace():
    slept = []
    routes = {"/robots.txt": b"User-agent: *\nCrawl-delay: 9\n", "/a": PAGE, "/b": PAGE}
    with serve(routes) as site:
        fetcher = fetcher_for(site, sleep=slept.append, limits=replace(QUICK, per_host_interval_s=1))
        for path in ("/a", "/b"):
            fetcher.fetch(Request(f"{site}{path}"))
    assert [round(seconds) for seconds in slept] == [1, 10]  # fake sleeping: the page's slot moves on


# ---------- pace and concurrency at each host, and many requests at once
class Time:
    """A timer that moves only by sleeping."""

    def __init__(self):
        self.now = 100.0
        self.slept = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


def test_a_host_is_never_asked_sooner_than_its_interval_and_waiting_is_not_of_the_deadline():
    moment = Time()
    starts = []
    with serve({"/a": PAGE}) as site:
        fetcher = fetcher_for(
            site, timer=moment, sleep=moment.sleep, limits=replace(QUICK, per_host_interval_s=3)
        )
        for _ in range(4):
            fetcher.fetch(Request(f"{site}/a"))
            starts.append(moment.now)
    assert moment.slept == [3.0] * 4  # robots.txt counts as a request
    assert all(later - earlier >= 3 for earlier, later in pairwise(starts))
    with serve({"/a": PAGE}) as site:
        limits = replace(QUICK, per_host_interval_s=100, deadline_s=5)
        fetcher = fetcher_for(site, timer=moment, sleep=moment.sleep, limits=limits)
        assert isinstance(fetcher.fetch(Request(f"{site}/a")), Response)


def test_so_many_at_a_time_to_one_host_and_no_more():
    under_way, most = [], []
    lock = threading.Lock()

    def slow(exchange):
        with lock:
            under_way.append(1)
            most.append(len(under_way))
        exchange.wait(0.03)
        with lock:
            under_way.pop()
        exchange.head(200)
        exchange.write(PAGE.encode())

    for places in (1, 2):
        most.clear()
        with serve({"/a": slow}) as site:
            fetcher = fetcher_for(site, limits=replace(QUICK, per_host_concurrency=places))
            threads = [threading.Thread(target=fetcher.fetch, args=(Request(f"{site}/a"),)) for _ in range(5)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert max(most) == places


def test_a_hold_is_told_in_seconds_and_ends_and_a_short_one_is_waited_for():
    moment = Time()
    gate = Gate(moment, moment.sleep, 1)
    gate.hold("forum.example.org", 60)
    gate.hold("forum.example.org", 10)
    assert gate.held_s("forum.example.org") == 60
    moment.now += 61
    assert gate.held_s("forum.example.org") == 0
    gate.hold("forum.example.org", 4)
    with gate.turn("forum.example.org", 2) as waited:
        assert waited == 4


def test_many_requests_each_come_back_once_with_their_own_answer():
    with serve({f"/{n}": f"{PAGE}{n}" for n in range(20)}) as site:
        asked = [Request(f"{site}/{n}") for n in range(20)] + [
            Request("no address"),
            Request("http://10.0.0.1/"),
        ]
        results = dict(fetch_each(fetcher_for(site), asked, workers=4))
    assert set(results) == set(asked)
    assert all(results[r].body == f"{PAGE}{r.url.rsplit('/', 1)[1]}".encode() for r in asked[:20])
    assert all(isinstance(results[r], FetchFailure) for r in asked[20:])
