"""The page of a school at its inspectorate: each report that it lists is one mention.

Ofsted's pages hold a timeline, a block for each day; the others list links to reports. Of each report the
page's own words count, with a judgement where it shows one; the report itself, a PDF, is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import urlsplit

from data.ids import mention_id, squeeze
from data.types import Mention, MentionKind, Page, Request, Response, Source
from data.web.channels import WEBSITE, domains_of, host_of
from data.web.urls import canonical_url
from sources.base import OnePage, PageSettings
from sources.dates import PageDates
from sources.html.dom import Element, document_of, find, has_class, plain_text
from sources.html.markup import absolute, next_link, soup
from sources.html.sanitise import cleaned

HOSTS = (
    "reports.ofsted.gov.uk", "estyn.gov.wales", "estyn.llyw.cymru", "education.gov.scot", "etini.gov.uk",
    "isi.net", "careinspectorate.com", "careinspectorate.wales", "arolygiaethgofal.cymru",
)  # fmt: skip
_OF_MANY = re.compile(
    r"/search\b|/school-search\b|/publications/type/|/find-an-inspection-report/?$|/service-directory/?$"
    r"|/care-services/?$|/education-providers/?$|/(?:chwilio|canfod)\b",
    re.IGNORECASE,
)
"""Lists of all schools: what stands there is seldom about one's own."""
_DAYS = f".//li[{has_class('timeline__day')}]"
_BLOCKS = "ancestor::li|ancestor::tr|ancestor::article|ancestor::section|ancestor::div"
_REPORT = re.compile(
    r"\b(?:inspection|report|monitoring|visit|review|letter|follow[- ]through|regulatory|progress|outcome"
    r"|arolyg\w*|adroddiad\w*|ymweliad)\b",
    re.IGNORECASE,
)
_ABOUT_US = re.compile(
    r"\b(?:about|how|what|guidance|framework|handbook|annual report|subscribe|complain\w*|cookies?"
    r"|all reports|find|search|download all)\b",
    re.IGNORECASE,
)
_FILE = re.compile(r"[\s,(–-]*\b(?:pdf|docx?)\b[^A-Za-z\d]*(?:[\d.,]+ ?[km]b\)?)?[\s-]*", re.IGNORECASE)
"""“, pdf - ”, “ (PDF, 180 KB)”: what comes before it is the report's name."""
_FOLDER = re.compile(r"/(?:file|report|inspection|media)")
_LONGEST_BLOCK = 600
"""A larger block around a link is the page's frame."""


class InspectionPage(OnePage):
    """Reads the page of one provider; a list of many gives nothing and says why."""

    kind: ClassVar[str] = "inspection"

    def recognises(self, response: Response) -> float:
        """By its host, if it lists reports."""
        known = not set(HOSTS).isdisjoint(domains_of(host_of(response.url)))
        return 0.9 if known and any(_links(response)) else 0.0

    def parse(self, source: Source, response: Response) -> Page:
        """Every report on the page, in its order."""
        if _OF_MANY.search(urlsplit(response.url).path):
            return Page(warnings=("This is a list of many schools. Give the page of your own.",))
        settings = PageSettings.model_validate(dict(source.settings))
        links = list(_links(response))
        dates = PageDates.learn(settings, response.fetched_at, [block for _, _, block in links])
        channel = source.channel or WEBSITE
        found: dict[str, Mention] = {}
        for url, words, block in links:
            key = canonical_url(url)
            if key not in found:
                found[key] = Mention(
                    id=mention_id(channel, key),
                    url=url,
                    channel=channel,
                    kind=MentionKind.ARTICLE,
                    title=_FILE.split(words, maxsplit=1)[0] or words,
                    text=_FILE.sub(" ", block).strip(),
                    published=dates.read(block) or dates.read(words),
                    fetched_at=response.fetched_at,
                )
        following = next_link(soup(response.body, response.header("content-type")), response.url)
        return Page(
            mentions=tuple(map(cleaned, found.values())),
            next=Request(following) if following and following != response.url else None,
            warnings=() if found else ("No inspection report was found on the page.",),
        )


def _links(response: Response) -> Iterator[tuple[str, str, str]]:
    """The address of each report, the words of its link, and those of the block around it."""
    tree = document_of(response)
    if tree is None:
        return
    days = find(tree, _DAYS)
    for node in find(tree, f"{_DAYS}//a[@href]" if days else ".//a[@href]"):
        url = absolute(response.url, node.get("href"))
        words = squeeze(plain_text(node))
        if url and url.startswith("http") and (days or _is_report(url, words, response.url)):
            yield url, words, _block(node, words)


def _is_report(url: str, words: str, page: str) -> bool:
    """A file or a page of its own whose link says that it is a report."""
    if canonical_url(url) == canonical_url(page) or not _REPORT.search(words) or _ABOUT_US.search(words):
        return False
    path = urlsplit(url).path.lower()
    return path.endswith((".pdf", ".docx", ".doc")) or bool(_FOLDER.search(path))


def _block(node: Element, words: str) -> str:
    """What stands with the link: the smallest block around it that says more."""
    for around in reversed(find(node, _BLOCKS)):
        said = squeeze(plain_text(around))
        if len(said) > _LONGEST_BLOCK:
            break
        if len(said) > len(words):
            return said
    return words
