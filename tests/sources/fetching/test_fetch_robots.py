"""The fetcher obeys robots.txt: asked once, by the same guarded way, before anything else."""

from dataclasses import replace

from builders.fetcher import QUICK, fetcher_for
from support.web_server import Answer, serve

from data.types import Outcome, Request

PAGE = "<p>Choir sings at the hospice, and everybody came to hear it.</p>"
REFUSAL = b"User-agent: *\nDisallow: /page\n"


def ask(routes, path="/page", **kwargs):
    with serve(routes) as site:
        result = fetcher_for(site, **kwargs).fetch(Request(f"{site}{path}"))
    return result, site


def test_what_robots_txt_forbids_is_never_asked_for():
    result, site = ask({"/robots.txt": REFUSAL, "/page": PAGE})
    assert result.outcome is Outcome.REFUSED_BY_ROBOTS
    assert [one.path for one in site.asked] == ["/robots.txt"]


def test_robots_txt_is_read_once_for_many_pages():
    with serve({"/robots.txt": REFUSAL, "/a": PAGE, "/b": PAGE}) as site:
        fetcher = fetcher_for(site)
        for path in ("/a", "/b", "/page"):
            fetcher.fetch(Request(f"{site}{path}"))
    assert [one.path for one in site.asked] == ["/robots.txt", "/a", "/b"]


def test_a_missing_robots_txt_allows_all():
    assert ask({"/page": PAGE})[0].status == 200


def test_a_robots_txt_that_fails_closes_the_site_for_now():
    result, site = ask({"/robots.txt": Answer(503, b"", {"Retry-After": "60"}), "/page": PAGE})
    assert (result.outcome, result.status, result.retry_after_s) == (Outcome.UNREACHABLE, 503, 60)
    assert "robots.txt" in result.detail
    assert site.paths == []


def test_robots_txt_may_lie_behind_redirects():
    routes = {
        "/robots.txt": Answer(301, b"", {"Location": "/rules"}),
        "/rules": Answer(301, b"", {"Location": "/rules.txt"}),
        "/rules.txt": REFUSAL,
        "/page": PAGE,
    }
    assert ask(routes)[0].outcome is Outcome.REFUSED_BY_ROBOTS


def test_robots_txt_that_leads_to_a_private_address_closes_the_site(dialled):
    routes = {"/robots.txt": Answer(302, b"", {"Location": "http://169.254.169.254/"}), "/page": PAGE}
    result, site = ask(routes)
    assert result.outcome is Outcome.UNREACHABLE
    assert site.paths == []


def test_an_endless_robots_txt_is_cut_and_obeyed():
    def endless(exchange):
        exchange.head(200)
        exchange.write(REFUSAL)
        while exchange.wait(0):
            exchange.write(b"# and so on\n" * 4096)

    assert ask({"/robots.txt": endless, "/page": PAGE})[0].outcome is Outcome.REFUSED_BY_ROBOTS


def test_a_redirect_obeys_the_robots_txt_of_where_it_leads():
    with (
        serve({"/robots.txt": REFUSAL, "/page": PAGE}) as other,
        serve({"/go": Answer(302, b"", {"Location": f"{other}/page"})}) as site,
    ):
        result = fetcher_for(site, other).fetch(Request(f"{site}/go"))
    assert result.outcome is Outcome.REFUSED_BY_ROBOTS
    assert other.paths == []


def test_an_official_interface_asked_with_its_key_is_not_a_crawl():
    with serve({"/robots.txt": REFUSAL, "/page": b"{}"}) as site:
        fetcher = fetcher_for(site, credentials={"api": ("X-Api-Key", "k")})
        assert fetcher.fetch(Request(f"{site}/page", auth="api")).status == 200
    assert [one.path for one in site.asked] == ["/page"]


def test_the_crawl_delay_sets_the_pace():
    slept = []
    routes = {"/robots.txt": b"User-agent: *\nCrawl-delay: 9\n", "/a": PAGE, "/b": PAGE}
    with serve(routes) as site:
        fetcher = fetcher_for(site, sleep=slept.append, limits=replace(QUICK, per_host_interval_s=1))
        for path in ("/a", "/b"):
            fetcher.fetch(Request(f"{site}{path}"))
    assert [round(seconds) for seconds in slept] == [1, 10]  # fake sleeping: the page's slot moves on


def test_what_is_no_page_but_made_for_programs_is_asked_without_robots_txt():
    result, site = ask({"/robots.txt": REFUSAL, "/page": PAGE}, obey_robots=False)
    assert result.status == 200
    assert [one.path for one in site.asked] == ["/page"]
