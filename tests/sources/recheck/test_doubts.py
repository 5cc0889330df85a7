"""What looks like a removal and may be none: words that still stand there, trouble, what is kept back."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from builders.thread_page import AFTER, BEFORE, INSULT, MEANT, TITLE, Posted, thread

from data.steps.codes import Check
from data.types import Response
from sources.recheck.absence import SoughtPost
from sources.recheck.judge import judge, reader

ITS_OWN = "https://town.example.org/threads/gate.12/post-2"
SOUGHT = SoughtPost(ITS_OWN, title=TITLE, text=INSULT, published=MEANT.at)
HTML = (("content-type", "text/html; charset=utf-8"),)
SHELL = (
    b"<html><head><title>Northvale Talk</title><script src='a.js'></script></head>"
    b"<body><div id='root'></div></body></html>"
)


def look(body, status=200, sought=SOUGHT):
    response = Response(sought.url, status, HTML, body, datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
    seen = judge(sought, response, reader(None))
    return seen.check, seen.code


def small(title, *words):
    return f"<html><head><title>{title}</title></head><body><p>{' '.join(words)}</p></body></html>".encode()


DOUBT = (Check.CANNOT_TELL, "partly")


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_shows_the_words_is_not_gone_whatever_its_status(status):
    assert look(thread(BEFORE, MEANT, AFTER), status) == DOUBT
    told = f"<script>{{'text': '{INSULT}'}}</script></body>".encode()
    assert look(SHELL.replace(b"</body>", told), status)[0] is Check.CANNOT_TELL


def test_a_notice_on_a_page_that_shows_the_words_is_not_believed():
    assert look(small("Page not found", "This post has been removed.", INSULT)) == DOUBT
    assert look(small("Page not found", "Sorry.", f"<i data-text='{INSULT}'></i>")) == DOUBT


def test_a_page_of_scripts_may_bring_the_post_whatever_its_status():
    assert look(SHELL, 404) == (Check.CANNOT_TELL, "script")


@pytest.mark.parametrize(
    "said",
    [
        "Sorry, something went wrong. Please try again later.",
        "Oops, an error occurred",
        "Sorry, this page isn't working.",
        "Page unavailable",
        "User not found",
        "This account has been suspended",
        "Sorry, this content is for adults only. Confirm your age.",
        "This domain is for sale",
        "The requested page could not be found, or is not public.",
        "This content is no longer available in the app",
        "No results found",
    ],
)
def test_trouble_of_the_site_or_of_its_author_is_no_removal(said):
    assert look(small(said, "x"))[0] is Check.CANNOT_TELL
    assert look(small("Northvale Talk", said))[0] is Check.CANNOT_TELL


@pytest.mark.parametrize(
    "said",
    [
        "This page no longer exists",
        "Sorry, we can't find that page",
        "This review was removed",
        "404 Not Found",
    ],
)
def test_a_notice_that_leaves_nothing_open_is_a_removal(said):
    assert look(small(said, "It is told in the forum's rules why.")) == (Check.GONE, "notice")


@pytest.mark.parametrize(
    "text",
    [
        "My post was removed by the admin because the school complained. Shame on Oakfield.",
        "This post was removed because Mr Larkspur is a coward who runs to lawyers.",
        "The comment was deleted by Mr Larkspur himself, ask him why.",
        "This post was hidden by 3 users",
        "This message is hidden. Click to show it.",
    ],
)
def test_what_an_author_writes_in_its_place_or_is_hidden_only_is_no_notice(text):
    assert look(thread(BEFORE, replace(MEANT, text=text), AFTER))[0] is not Check.GONE


@pytest.mark.parametrize(
    "text",
    [
        "[removed]",
        "[ Removed by Reddit ]",
        "Message deleted by MNHQ. Here's a link to our Talk Guidelines.",
        "Message withdrawn at poster's request.",
        "Sorry, this post has been removed by the moderators of r/northvale.",
        "This message has been deleted. Reason: breach of forum rules (personal attack).",
    ],
)
def test_the_notices_of_sites_are_known(text):
    assert look(thread(BEFORE, replace(MEANT, text=text), AFTER)) == (Check.GONE, "tombstone")


@pytest.mark.parametrize(
    "foot",
    [
        "View all 12 comments",
        "View 3 replies",
        "12 more replies",
        "Continue this thread",
        "Show replies",
        "2 replies hidden",
        "Some comments may not be visible to logged-out visitors",
        "Replies are limited for guests",
        "Sign up to read all comments",
        "Showing 2 of 41 comments",
        "Gweld rhagor",
        "Darllen mwy o sylwadau",
    ],
)
def test_a_page_that_keeps_posts_back_proves_nothing(foot):
    assert look(thread(BEFORE, AFTER, foot=f"<p>{foot}</p>")) == (Check.CANNOT_TELL, "more")


def test_the_stars_of_a_review_are_no_count_of_posts():
    assert look(thread(BEFORE, AFTER, foot="<p>4 out of 5</p>")) == (Check.GONE, "absent")


PAGED = '<nav class="pageNav"><a href="/threads/gate.12/page-2">2</a></nav>'


def test_on_a_page_that_puts_the_best_first_the_post_may_stand_on_another():
    later = Posted(4, "The vans belong to the builders.")
    assert look(thread(BEFORE, AFTER, later, pages=PAGED)) == (Check.GONE, "absent")
    assert look(thread(AFTER, BEFORE, later, pages=PAGED)) == (Check.CANNOT_TELL, "paged")


def test_a_first_post_that_stands_on_top_of_each_page_shows_nothing_of_what_came_after_it():
    back = '<link rel="prev" href="/threads/gate.12/">'
    assert look(thread(BEFORE, AFTER, head=back)) == (Check.CANNOT_TELL, "paged")
    first = Posted(0, "It is always the same with parking here.")
    assert look(thread(first, BEFORE, AFTER, head=back)) == (Check.GONE, "absent")


@pytest.mark.parametrize("link", ["<a href='?page=2'>2</a>", "<a href='/threads/gate.12/page-2'>Next</a>"])
def test_pages_are_known_by_links_to_numbered_addresses(link):
    assert look(thread(BEFORE, foot=link)) == (Check.CANNOT_TELL, "paged")


def test_a_count_of_pages_makes_it_one_of_several():
    assert look(thread(BEFORE, foot="<p>Page 1 of 3</p>"))[0] is Check.CANNOT_TELL


@pytest.mark.parametrize("now", ["Larkspur is still a thief", "A thief, that is what he is: Larkspur"])
def test_a_short_post_that_was_changed_is_not_missing(now):
    short = replace(SOUGHT, text="Larkspur is a thief", url=ITS_OWN[:-6])
    check, _ = look(thread(BEFORE, replace(MEANT, text=now), AFTER), sought=short)
    assert check in {Check.CHANGED, Check.CANNOT_TELL}
