"""Proposals of places to watch: for a school, by what is known of it; and behind an address that somebody
gives. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import parse_qs, quote, unquote, urlencode, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from pydantic import ValidationError

from data.frozen import freeze
from data.ids import squeeze
from data.register.school_names import SCHOOLISH, core_of, normalise
from data.shipped import read_table
from data.types import Mention, Page, Request, Response, School, Source
from data.web.channels import WEBSITE, channel_at
from data.web.urls import LONGEST, is_profile
from sources.blocks import recognise_block
from sources.html.markup import (
    absolute,
    attribute,
    base_url,
    canonical_link,
    decode_answer,
    first_text,
    soup,
    text_of,
)
from sources.nature import (
    CHANNEL_OF,
    Board,
    Nature,
    board_feeds,
    board_of_page,
    nature_of_feed,
    nature_of_page,
    sure,
)
from sources.places import (
    Proposal,
    bing_news,
    flickr_tag,
    gdelt,
    google_alerts,
    google_news,
    in_mixed_case,
    is_google_alert,
    kernel_of,
    kinds_of,
    make_row,
    mastodon_tag,
    phrase_of,
    places,
    places_of,
    reddit,
    search_spellings,
    youtube_playlist,
)
from sources.registry import CATALOGUE, collector, is_closed, kind_named, rank_collectors
from sources.threads import host_of, without_session

_MOST = 4
_MOST_LINKS = 2_000
_ARTICLE = re.compile(
    r"https?://(?P<language>[a-z]{2,3})(?:\.m)?\.wikipedia\.org/wiki/(?P<title>[^?#:]+)(?=[?#]|$)"
)


def article_requests(school: School) -> tuple[Request, ...]:
    """The pages that may be the school's article: at most four, and as many in Welsh where that is apt."""
    asked = [_address("en", title) for title in dict.fromkeys(_titles(school))][:_MOST]
    if school.nation == "wales" or normalise(school.name).startswith("ysgol "):
        phrases = map(phrase_of, search_spellings(school))
        welsh = (phrase for phrase in phrases if phrase.startswith("Ysgol "))
        titles = dict.fromkeys((*welsh, in_mixed_case(school.name)))
        asked += [_address("cy", title) for title in titles][:_MOST]
    return tuple(map(Request, asked))


def articles_in(response: Response, school: School) -> tuple[str, ...]:
    """The addresses of the school's articles that a page is or links to.

    A page is the school's if its title has the school's core name and says that it is a school, and it names
    the place. Of a link the title must have all three."""
    tree = soup(response)
    here = canonical_link(tree, response.url) or response.url
    text = f"{_title_of(here)} {normalise(text_of(tree))}"
    # MediaWiki marks the page of a name that several have in every language
    several = b'"wgPageContentModel"' in response.body and b"disambiguation" in response.body.lower()
    if _is_named(_title_of(here), school) and _names_place(text, school) and not several:
        return (here,)
    links = (absolute(response.url, attribute(link, "href")) for link in tree.select("a[href]")[:_MOST_LINKS])
    titles = {link: _title_of(link) for link in links if link}
    return tuple(link for link, it in titles.items() if _is_named(it, school) and _names_place(it, school))


def article_of(url: str) -> str:
    """The article's own address, without what follows its title; "" for no article of Wikipedia."""
    found = _ARTICLE.match(url)
    return f"https://{found['language']}.wikipedia.org/wiki/{found['title']}" if found else ""


def language_of(article: str) -> str:
    """The language of an article's Wikipedia: `en`, `cy`."""
    found = _ARTICLE.match(article)
    return found["language"] if found else ""


def _titles(school: School) -> Iterator[str]:
    phrases = [phrase_of(spelling) for spelling in search_spellings(school)]
    yield from phrases[:1]
    yield in_mixed_case(school.name)
    yield from (f"{phrases[0]}, {place}" for place in places_of(school)[:1] if phrases)
    yield f"{kernel_of(school)} School"


def _address(language: str, title: str) -> str:
    named = quote(title.strip().replace(" ", "_"), safe="_,'()-.")
    return f"https://{language}.wikipedia.org/wiki/{named}"


def _title_of(address: str) -> str:
    found = _ARTICLE.match(address)
    return normalise(unquote(found["title"]).replace("_", " ")) if found else ""


def _is_named(title: str, school: School) -> bool:
    words = title.split()
    return f" {core_of(school)} " in f" {title} " and not SCHOOLISH.isdisjoint(words)


def _names_place(text: str, school: School) -> bool:
    return any(f" {normalise(place)} " in f" {text} " for place in places_of(school))


_OFSTED_TYPES = {"primary": "21", "secondary": "23"}
"""Ofsted's addresses name the type of provider; “ELS” stands for any that is a school."""
_YEARS_BEFORE_SCHOOL = ("nursery", "pre-school", "preschool", "playgroup", "early years")


def inspections(school: School) -> Iterator[Proposal]:
    """One inspectorate's page for most schools; the care inspectorate's too for a nursery."""
    told, numbers = f"{school.phase} {school.name}".lower(), (school.urn, *school.members)
    # its own number in the register's form: a school without one has a key of its own making
    digits = 7 if school.nation == "wales" else 6
    number = next((one for one in numbers if len(one) == digits and one.isdecimal()), "")
    nursery, care = any(word in told for word in _YEARS_BEFORE_SCHOOL), ("", "")
    match school.nation:
        case "wales":
            estyn = "https://www.estyn.gov.wales"
            page = ("estyn", f"{estyn}/provider/{number}")
            page = page if number else ("estyn_search", f"{estyn}/inspection/search")
            care = ("ciw", "https://careinspectorate.wales/service-directory")
        case "scotland":
            there = "https://education.gov.scot/inspection-and-review/find-an-inspection-report/"
            page = ("education_scotland", there)
            care = ("care_inspectorate", "https://www.careinspectorate.com/index.php/care-services")
        case "northern_ireland":
            page = ("eti", "https://www.etini.gov.uk/publications/type/inspection-reports")
        case _:
            ofsted = "https://reports.ofsted.gov.uk"
            page = ("ofsted", f"{ofsted}/provider/{_OFSTED_TYPES.get(school.phase.lower(), 'ELS')}/{number}")
            page = page if number else ("ofsted_search", f"{ofsted}/search?{urlencode({'q': school.name})}")
    for row, url in (page, care) if nursery and care[0] else (page,):
        key, named = row.removesuffix("_search").replace("_", "-"), places()[row].name
        source = Source(key, "inspection", url, urns=(school.urn,), name=named, listing=True)
        yield make_row(row, replace(source, channel="website", interval_s=86_400.0))


_MASTODON = ("mastodon.social",)
_MASTODON_OF_WALES = "toot.wales"
_HOUR_S = 3600.0


def propose(
    school: School,
    spellings: Sequence[str],
    *,
    website: str = "",
    shared: bool = False,
    articles: Sequence[str] = (),
) -> tuple[Proposal, ...]:
    """The places to watch for a school, likeliest to bring something first; ids are unique and stable.

    `spellings` are what to search for (`sources.places`). `website` is the school's website with its
    path, by default that of its domain; `shared` says that other schools use its host too. `articles` are the
    addresses of its Wikipedia articles (`sources.places`)."""
    urns = (school.urn,)
    address = website or (f"https://{school.domain}/" if school.domain else "")
    return (
        *_news(spellings, urns),
        *([_website(address, shared, urns)] if address else []),
        *_wikipedia(articles, urns),
        *inspections(school),
        *_tags(school),
        *_for_a_person(spellings, urns),
    )


def _news(spellings: Sequence[str], urns: tuple[str, ...]) -> Iterator[Proposal]:
    engines = (
        ("google_news", "Google News", google_news),
        ("bing_news", "Bing News", bing_news),
        ("gdelt", "GDELT", gdelt),
    )
    for place, name, address in engines:
        for number, spelling in enumerate(spellings, 1):
            key = f"{place.replace('_', '-')}-{number}"
            source = _search(key, address(spelling), urns, f"{name}: {spelling}")
            yield make_row(place, source, spelling)


def _search(key: str, url: str, urns: tuple[str, ...], name: str) -> Source:
    return Source(key, "feed", url, urns=urns, name=name, surfaced=True, interval_s=_HOUR_S)


def _website(address: str, shared: bool, urns: tuple[str, ...]) -> Proposal:
    """The school's own pages; of a host that others use too only the part below the path."""
    nobodys = shared and urlsplit(address).path.strip("/") == ""
    source = Source("our-website", "own.page", address, urns=urns, name="Our website", own=True)
    return make_row("website_shared" if nobodys else "website", source)


def _wikipedia(articles: Sequence[str], urns: tuple[str, ...]) -> Iterator[Proposal]:
    """The school's article and its edits, one article a language."""
    firsts = {language_of(article): article for article in reversed(articles) if article_of(article)}
    for language, article in sorted(firsts.items(), key=lambda each: each[0] != "en"):
        key = "wikipedia" if language == "en" else f"wikipedia-{language}"
        name = "Wikipedia" if language == "en" else f"Wikipedia ({language})"
        source = Source(key, "wikipedia", article_of(article), urns=urns, name=name, listing=True)
        yield make_row("wikipedia", replace(source, interval_s=_HOUR_S))


def tag_of(school: School) -> str:
    """The tag people are likeliest to use: `stmarysthornbeck`, `thornbeckprimary`, `maestegschool`.

    "" without a place, and where it is another school's too: of two of the name in one town, and of a town
    and “school” alone unless a register, which gave number and postcode, knows no other of that name."""
    kernel, known = normalise(kernel_of(school)), [normalise(place) for place in places_of(school)]
    others = [namesake for namesake in school.namesakes if namesake.kind == "school"]
    if not known:
        return ""
    if not any(f" {place} " in f" {kernel} " for place in known):
        shared = any(f" {known[0]} " in f" {normalise(f'{o.name} {o.place}')} " for o in others)
        return "" if shared else f"{kernel}{known[0]}".replace(" ", "")
    if kinds := kinds_of(school):
        shared = any(set(kinds) <= set(normalise(other.name).split()) for other in others)
        return "" if shared else f"{kernel}{''.join(kinds)}".replace(" ", "")
    if others or not (school.urn.isdecimal() and school.postcode):
        return ""
    welsh = normalise(school.name).startswith("ysgol ")
    return (f"ysgol{kernel}" if welsh else f"{kernel}school").replace(" ", "")


def _tags(school: School) -> Iterator[Proposal]:
    tag, urns = tag_of(school), (school.urn,)
    if not tag:
        return
    servers = (*_MASTODON, _MASTODON_OF_WALES) if school.nation == "wales" else _MASTODON
    for number, server in enumerate(servers, 1):
        key = "mastodon" if number == 1 else f"mastodon-{number}"
        name = f"{'Mastodon' if number == 1 else f'Mastodon, {server}'}: #{tag} on {server}"
        yield make_row("mastodon", _search(key, mastodon_tag(server, tag), urns, name), tag)
    yield make_row("flickr", _search("flickr", flickr_tag(tag), urns, f"Flickr: {tag}"), tag)


def _for_a_person(spellings: Sequence[str], urns: tuple[str, ...]) -> Iterator[Proposal]:
    """Reddit's search, which needs its permission, and Google Alerts, which only a person can set up."""
    for spelling in spellings[:1]:
        found = _search("reddit", reddit(spelling), urns, f"Reddit: {spelling}")
        yield make_row("reddit", found, spelling)
        alert = _search("google-alerts", google_alerts(spelling), urns, f"Google Alert: {spelling}")
        yield make_row("google_alerts", alert, spelling)


# Behind an address alone.

_INSPECTORATES: Mapping[str, str] = {
    "reports.ofsted.gov.uk": r"/provider/[^/]+/[^/]+/?",
    "estyn.gov.wales": r"/(?:provider|education-providers)/[^/]+/?",
    "education.gov.scot": r"/inspection-(?:and-review|reports)/.*\d.*",
    "etini.gov.uk": r"/publications/(?!type/).+",
    "isi.net": r"/schools?/[^/]*\d[^/]*/?",
    "careinspectorate.com": r"/index\.php/care-services\?.*\bdetail=CS\d+.*",
    "digital.careinspectorate.wales": r"/directory/service/.+",
}
"""The page of one school or service, below an inspectorate's host."""


@freeze
class Behind:
    """Something that could be watched behind an address. `kind` is the catalogue's; `sees` is a sentence.

    `why_off` is why it is proposed switched off, "" where its terms allow reading. `listing`, `own` and
    `surfaced` are what the source would say of itself. `nature` is what the place is, as its page says."""

    kind: str
    url: str
    name: str
    sees: str
    why_off: str = ""
    listing: bool = False
    own: bool = False
    surfaced: bool = False
    nature: Nature | None = None


def reason_off(kind: str, url: str) -> str:
    """Say why it is off: its site's terms forbid reading, or want permission; "" where they do not."""
    if channel_at(url) == "reddit":
        return places()["reddit"].why_off
    if kind_named(kind).by_leave_only:
        return kind_named(kind).terms
    return CATALOGUE["forum.mumsnet"].terms if is_closed(url) else ""


def feed_at(url: str, name: str, sees: str, *, surfaced: bool = False, listing: bool = False) -> Behind:
    """A feed, off where its site wants permission."""
    return Behind("feed", url, name, sees, reason_off("feed", url), listing=listing, surfaced=surfaced)


def by_address(url: str) -> tuple[Behind, ...]:
    """Find what an address leads to without being asked: a tag, a subreddit, an article, a search. Empty
    where it says nothing, and for somebody's profile."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower().removeprefix("www.").removeprefix("m.")
    except ValueError:
        return ()
    if len(url) > LONGEST or parts.scheme not in ("http", "https") or is_profile(url):
        return ()
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return (*_leads(url, host, parts.path, asked), *_at_known_host(url, host, parts.path, asked.get("q", "")))


def _leads(url: str, host: str, path: str, asked: Mapping[str, str]) -> Iterator[Behind]:
    where, tags = channel_at(url), re.match(r"/photos/tags/([^/]+)", path)
    if article := article_of(url):
        title = path.removeprefix("/wiki/").replace("_", " ")
        sees = "The article, and every edit of it: the words that were added."
        yield Behind("wikipedia", article, f"Wikipedia: {title}", sees)
    found = re.match(r"(?P<where>/r/\w+)(?P<thread>/comments/\w+)?", path)
    if where == "reddit" and found:
        below = f"{found[0]}/.rss" if found["thread"] else f"{found['where']}/new/.rss"
        sees = "New posts of the subreddit or thread."
        yield feed_at(f"https://www.reddit.com{below}", f"Reddit: {found['where'][1:]}", sees)
    if where == "mastodon" and (tag_page := tag_feed(url)):
        yield tag_page
    if host == "flickr.com" and (tag := tags[1] if tags else asked.get("tags", "")):
        sees = "Titles of public photographs with this tag."
        yield feed_at(flickr_tag(tag), f"Flickr: {tag}", sees, surfaced=True)
    if where == "youtube" and asked.get("list"):
        yield feed_at(youtube_playlist(asked["list"]), "YouTube: a playlist", "New videos of the playlist.")


def _at_known_host(url: str, host: str, path: str, spelling: str) -> Iterator[Behind]:
    """Find what a search, an inspectorate or a host of blogs has there."""
    if spelling and (host, path) == ("news.google.com", "/search"):
        yield feed_at(google_news(spelling), f"Google News: {spelling}", "Articles it finds.", surfaced=True)
    if spelling and (host, path) == ("bing.com", "/news/search"):
        yield feed_at(bing_news(spelling), f"Bing News: {spelling}", "Articles it finds.", surfaced=True)
    if is_google_alert(url):
        yield feed_at(url, "Google Alert", places()["google_alert_feed"].sees, surfaced=True)
    shape = _INSPECTORATES.get(host)
    if shape and any(re.fullmatch(shape, told) for told in (path, url[url.find(path) :])):
        yield Behind("inspection", url, host, "The school's inspection reports.", listing=True)
    if re.fullmatch(r"[\w-]+\.blogspot\.(?:com|co\.uk)", host):
        yield feed_at(f"https://{host}/feeds/posts/default", host.partition(".")[0], "The posts of the blog.")


def tag_feed(url: str) -> Behind | None:
    """The feed of a Mastodon tag's page; None for any other page."""
    parts = urlsplit(url)
    found = re.fullmatch(r"/tags/([^/.]+)/?(?:\.rss)?", parts.path)
    if not found:
        return None
    feed = mastodon_tag(parts.hostname or "", found[1])
    name = f"Mastodon: #{found[1]} on {parts.hostname}"
    return feed_at(feed, name, "Public posts with this tag.", surfaced=True)


# What can be watched behind a page that somebody gives: its feeds, its board, its thread, its reviews. Pure.

_FEED_TYPES = re.compile(
    r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)|(?:application|text)/(?:xml|rss)", re.IGNORECASE
)
_ONE_THREADS = re.compile(
    r"/comments/feed|/feed/topic/|[?&;](?:tid|t)=\d|/t/[^?]*\.rss|/topic/\d+\.rss|/\d{4}/\d\d/.+/feed/?$",
    re.IGNORECASE,
)
_OF_COMMENTS = re.compile(r"\bcomments?\b|\bsylwadau\b", re.IGNORECASE)
_SURE = 0.2
_LINKS_READ = 3_000
_MOST_FEEDS = 6
_SAID_BY_ADDRESS = ("reddit", "wikipedia")
"""Whose pages name feeds that programs may not read, or that are of everything else."""
_SAYS_NEWS = re.compile(
    r"(?:(?:our|latest|school|all|y|ein) )?(?:news|newyddion)(?: (?:and|&) events| diweddaraf)?",
    re.IGNORECASE,
)
_CRUMBS = re.compile(r"crumb|navbit|linktree|navstrip|nav-?trail", re.IGNORECASE)
_NAVBAR = re.compile(r"(?<!\S)(?:navbar|navigation)(?!\S)", re.IGNORECASE)
_WORDPRESS = re.compile(r'name="generator" content="wordpress|https://api\.w\.org/|/wp-content/', re.I)
_BLOGGER = re.compile(
    r"name=['\"]generator['\"] content=['\"]blogger|content=['\"]blogger['\"] name=['\"]generator",
    re.IGNORECASE,
)
_SHOWS_MASTODON = re.compile(r'id="mastodon"|data-props="[^"]{0,300}mastodon', re.IGNORECASE)


def places_behind_page(response: Response, *, own: bool = False) -> tuple[Behind, ...]:
    """Find what a document leads to, best first; `own` where somebody says that it is the school's own page.

    Nothing for somebody's profile, unless it is the school's own. A wall (`sources.blocks`) leads only to
    what its address says."""
    if is_profile(response.url) and not own:
        return ()
    said = by_address(response.url)
    if collector("feed").recognises(response) > _SURE:
        feed = feed_at(response.url, host_of(response.url), "What this feed publishes.")
        if is_google_alert(response.url):
            return said
        title = first_text(soup(response), "title")
        return (replace(feed, nature=None if own else nature_of_feed(title, response.url)),)
    if recognise_block(response) is not None or (said and channel_at(response.url) in _SAID_BY_ADDRESS):
        return said
    text = decode_answer(response)
    tree, board = soup(text), board_of_page(text)
    nature = None if own else nature_of_page(response.url, tree, text, board)
    there = (_with_nature(nature, each) for each in _list_inside(tree, text, board, response, own=own))
    found = (*said, *(_own_page(response.url) if own else ()), *there)
    first: dict[tuple[str, str], Behind] = {}
    for each in found:
        first.setdefault((each.kind, each.url), each)
    return tuple(first.values())


def make_proposal(found: Behind, key: str, urns: tuple[str, ...] = ()) -> Proposal:
    """Make a proposal of it: a source that could be watched, with the terms of its kind. What it is is
    written down only where that is sure: what is not is asked about."""
    alert = is_google_alert(found.url)
    nature = None if found.own else sure(found.nature, found.url)
    row = places()["google_alert_feed" if alert else "behind"]
    source = Source(
        key,
        found.kind,
        found.url,
        urns=urns,
        name=found.name,
        channel=CHANNEL_OF[nature] if nature else None,
        listing=found.listing,
        own=found.own,
        surfaced=found.surfaced,
        disabled=found.why_off or None,
    )
    terms = row.terms if alert else kind_named(found.kind).terms
    return Proposal(source, found.sees, terms, row.checked, found.why_off)


def _with_nature(nature: Nature | None, found: Behind) -> Behind:
    """Give it the nature of its site where it is a feed: not what readers write below a paper's articles."""
    site_s = found.kind == "feed" and (nature is Nature.BOARD or not _is_part(found))
    return replace(found, nature=nature) if site_s and channel_at(found.url) == WEBSITE else found


def _list_inside(
    tree: BeautifulSoup, text: str, board: Board | None, response: Response, *, own: bool
) -> Iterator[Behind]:
    """The whole before its parts: the site's feeds, the board's list, the thread; comments last. A part's own
    name may be the words of a post, so it has that of its site."""
    declared = list(_declared_feeds(tree, response, own=own))
    whole = [each for each in declared if not _is_part(each)]
    yield from whole
    if not whole:
        yield from _unnamed_feeds(board, text, response.url)
    if board is not None:
        yield from _section(board, tree, response)
    yield from _own_news(tree, response) if own else _read_as(board, response)
    yield from (replace(each, name=host_of(each.url)) for each in declared if _is_part(each))


def _declared_feeds(tree: BeautifulSoup, response: Response, *, own: bool) -> Iterator[Behind]:
    base = base_url(tree, response.url)
    links = [
        link
        for link in tree.select('link[rel~="alternate"][type]')
        if _FEED_TYPES.fullmatch(attribute(link, "type")) and "oembed" not in str(link).lower()
    ]
    for link in links[:_MOST_FEEDS]:
        address = absolute(base, attribute(link, "href"))
        if address and (own or not is_profile(address)):
            name = squeeze(attribute(link, "title")) or host_of(address)
            found = feed_at(without_session(address), name, "What the page names as its feed.")
            yield replace(found, own=own)


def _is_part(feed: Behind) -> bool:
    """Is it a feed of comments, or of one thread?"""
    return bool(_OF_COMMENTS.search(feed.name) or _ONE_THREADS.search(feed.url))


def _unnamed_feeds(board: Board | None, text: str, url: str) -> Iterator[Behind]:
    """The feeds that a board or a blog has even where its page does not name one."""
    host = host_of(url)
    if board is not None:
        for feed in board_feeds(board, text, url):
            yield feed_at(feed, host, f"New posts of the whole board ({board.name}), if it has its feed on.")
    elif _SHOWS_MASTODON.search(text) and (tag := tag_feed(url)):
        yield tag
    elif _BLOGGER.search(text):
        yield feed_at(urljoin(url, "/feeds/posts/default"), host, "The posts of the blog.")
    elif _WORDPRESS.search(text):
        told = re.search(r"""href=["'](https?://[^"'\s]{1,300}?/)wp-json/""", text)
        site = told[1] if told else urljoin(url, "/")
        yield feed_at(urljoin(site, "feed/"), host, "The posts of the site.")


def _section(board: Board, tree: BeautifulSoup, response: Response) -> Iterator[Behind]:
    """The list that a thread is in: the last of the page's crumbs. Nothing on a page that is no thread."""
    if not re.search(board.thread, _path_and_query(response.url)):
        return
    base, host = base_url(tree, response.url), host_of(response.url)
    for links in _trails(tree):
        hrefs = (absolute(base, attribute(link, "href")) for link in links)
        lists = [_bare(each, board) for each in hrefs if each and host_of(each) == host]
        if any(lists):
            url = [each for each in lists if each][-1]
            sees = "The list of threads that this one is in, and the threads it names."
            yield Behind(board.kind, url, host, sees, reason_off(board.kind, url))
            return


def _trails(tree: BeautifulSoup) -> Iterator[list[Tag]]:
    """The links of the page's crumbs, then of what may be such, then all from the last to the first."""
    for pattern in (_CRUMBS, _NAVBAR):
        nodes = [*tree.find_all(class_=pattern, limit=20), *tree.find_all(id=pattern, limit=5)]
        yield [link for node in nodes for link in node.select("a[href]")]
    yield tree.select("a[href]")[:_LINKS_READ][::-1]


def _bare(url: str, board: Board) -> str:
    """A list's address without session, sorting, page and place within it; "" if it is no list's."""
    bare = without_session(url).partition("#")[0]
    found = re.search(board.section, _path_and_query(bare))
    if not found:
        return ""
    if "?" in found[0]:
        return urljoin(bare, _path_and_query(bare)[: found.end()])
    return re.sub(r"-page-\d+(?=\.html)", "", bare)


def _own_page(url: str) -> tuple[Behind, ...]:
    return (Behind("own.page", url, host_of(url), "The school's own page, and its notice.", own=True),)


def _own_news(tree: BeautifulSoup, response: Response) -> Iterator[Behind]:
    """The page of news that one of the school's own pages links to."""
    base = base_url(tree, response.url)
    for link in tree.select("a[href]")[:_LINKS_READ]:
        address = absolute(base, attribute(link, "href"))
        if address and host_of(address) == host_of(response.url) and _SAYS_NEWS.fullmatch(text_of(link)):
            yield from _own_page(address.partition("#")[0])
            return


def _read_as(board: Board | None, response: Response) -> Iterator[Behind]:
    """The page itself, where a kind finds posts, reviews or threads on it."""
    others = ("feed", "own.page")
    kinds = (
        [reader for reader in rank_collectors(response) if reader.kind not in others][:3]
        if board is None
        else [collector(board.kind)]
    )
    for reader in kinds:
        try:
            page = reader.parse(Source("behind", reader.kind, response.url), response)
        except ValidationError:  # a kind that needs settings of its own
            continue
        if not (page.mentions or page.follow or page.aggregate):
            continue
        reviews = reader.kind.startswith("reviews.")
        yield Behind(
            reader.kind,
            without_session(response.url).partition("#")[0],
            host_of(response.url),
            _describe_page(page, reviews=reviews),
            reason_off(reader.kind, response.url),
            listing=reviews,
        )
        return


def _describe_page(page: Page, *, reviews: bool) -> str:
    if reviews:
        return f"Reviews: {len(page.mentions)} on this page."
    if page.mentions:
        return f"This thread: {len(page.mentions)} posts on this page."
    return f"This list of threads: it names {len(page.follow)}."


def _path_and_query(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


# The papers that news searches brought: whose own feed is worth watching, and where it is.

MOST = 5
_LEAST = 2
_WITHOUT_ADDRESS = "news.google.com"
_READ = 1_000_000


@freeze
class Outlet:
    """A paper or a broadcaster: its host and name, and how many articles were brought. Either may be ""."""

    host: str
    name: str
    articles: int


def count_outlets(brought: Iterable[Mention]) -> tuple[Outlet, ...]:
    """List the outlets of what the searches brought, most first.

    Google names the outlet at the end of a title and hides its address; where another search brought the same
    outlet with its address, they are one."""
    counted = Counter(map(_name_outlet, brought))
    hosts = {name.casefold(): host for host, name in counted if host and name}
    found: dict[tuple[str, str], Outlet] = {}
    for (host, name), articles in counted.items():
        where = host or hosts.get(name.casefold(), "")
        key = ("", name.casefold()) if not where else (where, "")
        before = found.get(key, Outlet(where, "", 0))
        found[key] = Outlet(where, before.name or name, before.articles + articles)
    return tuple(sorted(found.values(), key=lambda outlet: -outlet.articles))


def papers(found: Iterable[Outlet], watched: Iterable[str]) -> tuple[Outlet, ...]:
    """Those whose own feed is worth watching: at most five, most articles first.

    Left out: who brought fewer than two articles, nationwide giants and sites that repeat others, platforms,
    who has no known address, and the hosts of the addresses that are `watched`."""
    ours = {_bare_host(address) for address in watched}
    outlets = read_table("sources", "outlets.toml")
    left_out = (*outlets["nationwide"], *outlets["repeats"])
    worth = (
        outlet
        for outlet in found
        if outlet.articles >= _LEAST
        and outlet.host
        and outlet.host not in ours
        and channel_at(f"https://{outlet.host}/") == WEBSITE
        and not any(f".{outlet.host}".endswith(f".{site}") for site in left_out)
    )
    return tuple(sorted(worth, key=lambda outlet: -outlet.articles))[:MOST]


def request_front_page(outlet: Outlet) -> Request:
    """The paper's front page, which names its feeds."""
    return Request(f"https://{outlet.host}/")


def paper_feeds(outlet: Outlet, front: Response) -> tuple[Proposal, ...]:
    """The paper's own feed as a proposal: one that its front page names, else that of its group; or none."""
    named = next((each for each in places_behind_page(front) if each.kind == "feed"), None)
    named = named or _group_feed(front)
    if named is None:
        return ()
    name = outlet.name or outlet.host
    sees = f"All articles of {name}, which published {outlet.articles} that your searches found."
    key = re.sub(r"[^a-z0-9]+", "-", outlet.host).strip("-")
    nature = named.nature or Nature.PAPER  # the searches of the news brought it
    return (make_proposal(replace(named, name=name, sees=sees, nature=nature), key, ()),)


def _group_feed(front: Response) -> Behind | None:
    text = decode_answer(front, _READ).lower()
    for group in read_table("sources", "outlets.toml")["groups"]:
        if re.search(group["mark"], text):
            return feed_at(urljoin(front.url, "/") + group["feed"], "", "")
    return None


def _name_outlet(mention: Mention) -> tuple[str, str]:
    """The outlet's host and name: Google writes this behind the title, Bing as the author."""
    host = _bare_host(mention.url)
    if host == _WITHOUT_ADDRESS:
        return "", mention.title.rpartition(" - ")[2].strip()
    return host, (mention.author or "").strip() if mention.channel == "bing_news" else ""


def _bare_host(address: str) -> str:
    return re.sub(r"^(?:m|amp)\.", "", host_of(address))
