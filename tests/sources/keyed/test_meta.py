"""The school's own Facebook Page and Instagram account, as the Graph API documents them (v26.0)."""

import json
from dataclasses import replace
from typing import ClassVar

import pytest
from builders.config import SCHOOL as SCHOOL_TABLE
from builders.config import faults
from builders.config import read as settings_of
from builders.fetcher import NOW
from builders.twin import SECRET, KeyedConformance, answered, keyed_json
from conformance import CollectorConformance, Document

from classifiers.own import own_author, posted_by_account
from data.types import MentionKind, Outcome, Request, School, Source, SourceState
from monitor.pipeline.collect import collect
from sources.registry import collector

SCHOOL = School("900001", "Oakfield Primary School", aliases=("@oakfield_primary",))
PAGE, ACCOUNT = "100000000000017", "17841405822304914"
GRAPH, INSTAGRAM = "https://graph.facebook.com/v26.0/", "https://graph.instagram.com/v26.0/"
AT_ONCE = SourceState("own")


def own_place(kind, url, number):
    return Source("own", kind, url, ("900001",), own=True, settings={"credential": "mine", "number": number})


FACEBOOK = own_place("facebook.page", GRAPH, PAGE)
PROFESSIONAL = own_place("instagram.account", INSTAGRAM, ACCOUNT)


def asked_of(source, state=AT_ONCE):
    return [request.url for request in collector(source.kind).requests(source, state, NOW)]


def listed(source, name, counts, cursor):
    """A list's first page, that of tags, and the second of the first, as a reading asks for them."""
    first, tags = asked_of(source)
    tagged = f"keyed/{name}_{'tagged' if name == 'facebook' else 'tags'}.json"
    lists = f"keyed/{name}_{'feed' if name == 'facebook' else 'media'}"
    return (
        Document(f"{lists}.json", first, counts[0]),
        Document(tagged, tags, counts[1]),
        Document(f"{lists}_2.json", f"{first}&after={cursor}", counts[2]),
    )


class OfMeta(CollectorConformance):
    recognised = False

    def source(self, document):
        return FACEBOOK if document.url.startswith(GRAPH) else PROFESSIONAL


class TestFacebookPage(OfMeta):
    kind = "facebook.page"
    settings = FACEBOOK.settings
    pages = listed(FACEBOOK, "facebook", (4, 2, 1), "QVFIUb")
    documents = pages[:1]


class TestInstagramAccount(OfMeta):
    kind = "instagram.account"
    settings = PROFESSIONAL.settings
    pages = (
        *listed(PROFESSIONAL, "instagram", (4, 1, 1), "QVFIUj"),
        Document("keyed/instagram_tags_2.json", f"{asked_of(PROFESSIONAL)[1]}&after=QVFIUn", 0),
    )
    documents = pages[:1]


def fault(code, said, subcode=None, kind="OAuthException"):
    found = {"message": said, "type": kind, "code": code, "fbtrace_id": "EJplcsCHuLu"}
    return {"error": found | ({"error_subcode": subcode} if subcode else {})}


def usage(minutes):
    said = {"type": "pages", "call_count": 100, "total_cputime": 25, "total_time": 25}
    used = {PAGE: [said | {"estimated_time_to_regain_access": minutes}]}
    return {"x-business-use-case-usage": json.dumps(used)}


REFUSED = 'OAuth "Facebook Platform" "invalid_token" "Error validating access token"'
FAULTS = {
    "wrong": (400, {}, fault(190, "Invalid OAuth access token - Cannot parse access token")),
    "expired": (401, {"www-authenticate": REFUSED}, fault(190, "Session has expired on Tuesday", 463)),
    "revoked": (400, {}, fault(190, "The user changed their password", 460)),
    "unapproved": (403, {}, fault(10, "(#10) This endpoint requires the 'pages_read_engagement' permission")),
    "too_often": (400, {}, fault(4, "(#4) Application request limit reached")),
    "too_often_later": (400, usage(19), fault(80001, "(#80001) Too many calls to this Page")),
    "broken": (500, {}, fault(2, "An unexpected error has occurred. Please retry your request later.")),
}  # fmt: skip


NO_COMMENTS = {"data": [], "summary": {"total_count": 3}}
NONE_SHOWN = {"data": [keyed_json("facebook_feed")["data"][0] | {"comments": NO_COMMENTS}]}
NONE_OF_INSTAGRAM = {"data": [keyed_json("instagram_media")["data"][0] | {"comments": {"data": []}}]}


class TestTwinOfFacebook(KeyedConformance):
    kind, key, url, cursor = "facebook.page", "facebook", GRAPH, "after"
    settings, faults = {"number": PAGE}, FAULTS
    refused_empty = NONE_SHOWN

    def answer(self, path, query, page):
        if path.endswith("/tagged"):
            return keyed_json("facebook_tagged") | {"paging": {}}
        found = keyed_json("facebook_feed_2" if page else "facebook_feed")
        found["paging"]["next"] = found["paging"].get("next", "").replace("EAAnobodys", SECRET)
        return found


class TestTwinOfInstagram(KeyedConformance):
    kind, key, url, cursor = "instagram.account", "instagram", INSTAGRAM, "after"
    settings: ClassVar = {"number": ACCOUNT}
    faults = FAULTS | {
        "unapproved": (400, {}, fault(100, "Unsupported request - method type: get", kind="IGApiException")),
        "too_often_later": (400, usage(1), fault(80002, "Too many calls to this Instagram account")),
    }
    refused_empty = NONE_OF_INSTAGRAM

    def answer(self, path, query, page):
        if path.endswith("/tags"):
            return keyed_json("instagram_tags_2" if page else "instagram_tags")
        return keyed_json("instagram_media_2" if page else "instagram_media")


def read(source, found, edge=0, url=None):
    return collector(source.kind).parse(source, answered(url or asked_of(source)[edge], found))


def with_comments(**comments):
    post = keyed_json("facebook_feed")["data"][0]
    return post | {"comments": post["comments"] | comments}


@pytest.mark.parametrize(
    ("source", "names", "ours", "others"),
    [
        (
            FACEBOOK, ("facebook_feed", "facebook_tagged"),
            {"Book fair in the hall on Friday.\nAll are welcome.", "We are sorry, please ring the office."},
            {"Wren A", None, "Northvale Library", "Oakfield Primary School"},
        ),
        (
            PROFESSIONAL, ("instagram_media", "instagram_tags"),
            {"Sports day: well done, all!", "Please ring us on Monday."},
            {"robin.t", "wren_a", "northvale_library"},
        ),
    ],
)  # fmt: skip
def test_what_the_account_wrote_is_the_schools_own_and_nobody_passes_for_it_by_a_name(
    source, names, ours, others
):
    found = [m for edge, name in enumerate(names) for m in read(source, keyed_json(name), edge).mentions]
    own = {m.id for m in found if posted_by_account(m, source, SCHOOL, own_author(found))}
    assert {m.text for m in found if m.id in own} == ours
    assert {m.author for m in found if m.id not in own} == others


def test_a_comment_names_its_post_its_time_and_its_own_address():
    post, answer, comment, visitor = read(FACEBOOK, keyed_json("facebook_feed")).mentions
    assert (comment.kind, comment.author, comment.parent) == (MentionKind.COMMENT, "Wren A", post.id)
    assert (comment.title, comment.text) == (
        "Book fair in the hall on Friday.",
        "You never ring back about my daughter’s coat.",
    )
    assert comment.url == f"https://www.facebook.com/{PAGE}/posts/301?comment_id=401"
    assert f"{comment.published:%Y-%m-%d %H:%M %Z}" == "2026-11-16 11:40 UTC"
    assert (answer.parent, visitor.author) == (None, None)
    first, _, reply, _ = read(PROFESSIONAL, keyed_json("instagram_media")).mentions
    assert (reply.url, reply.parent) == (first.url, None)
    kept = read(
        FACEBOOK, {"data": [with_comments(data=[]) | {"permalink_url": "javascript:stolen()"}]}
    ).mentions[0]
    assert kept.url == f"https://www.facebook.com/permalink.php?story_fbid=301&id={PAGE}"


def test_comments_that_are_counted_and_not_shown_are_said_and_what_is_not_published_is_left_out():
    page = read(FACEBOOK, keyed_json("facebook_feed"))
    assert page.unread[0].startswith("Comments that Facebook counts and does not show: 1. They are hidden or")
    assert page.left_out == ("Posts and comments without words, or not published: 2.",)
    for place, found, needs in (
        (FACEBOOK, NONE_SHOWN, "pages_read_user_content"),
        (PROFESSIONAL, NONE_OF_INSTAGRAM, "instagram_business_manage_comments"),
    ):
        (said,) = read(place, found).unread
        assert f"shows none of the comments that it counts (3): the key lacks {needs}" in said
    nobody = [{k: v for k, v in post.items() if k != "from"} for post in keyed_json("facebook_feed")["data"]]
    assert "does not say which posts are the school’s own" in read(FACEBOOK, {"data": nobody}).warnings[0]
    assert read(FACEBOOK, fault(1, "Please reduce the amount of data")).warnings == (
        "Facebook sent no list of posts.",
    )


def test_further_comments_of_a_post_are_asked_for_with_the_key_and_none_is_lost():
    following = f"https://graph.facebook.com/x?access_token={SECRET}"
    more = {"paging": {"cursors": {"after": "WTI2"}, "next": following}}
    other = {"id": "301_400", "message": "Nor mine.", "from": {"name": "Sam W"}}
    further = with_comments(paging={}, data=[other])
    asked = []

    def fetch(request: Request, _):
        asked.append(request)
        node = request.url.startswith(f"{GRAPH}{PAGE}_301?")
        body = further if node else {"data": [with_comments(**more)] * (len(asked) == 1)}
        return answered(request.url, body)

    found = collect(FACEBOOK, AT_ONCE, collector("facebook.page"), fetch, lambda: NOW)
    assert [m.author for m in found.mentions] == [None, None, "Wren A", "Sam W"]
    assert found.run.outcome is Outcome.OK
    assert found.mentions[3].parent == found.mentions[0].id
    assert "after%28WTI2%29" in asked[2].url
    assert {request.auth for request in asked} == {"mine"}
    assert not any(SECRET in request.url for request in asked)


def test_a_list_is_followed_by_its_cursor_while_its_posts_are_young_enough():
    first = asked_of(FACEBOOK)[0]
    assert "since=1787130000" in first  # 90 days
    assert "since=1792314000" in asked_of(FACEBOOK, replace(AT_ONCE, last_ok_at=NOW))[0]  # 30 days
    old = keyed_json("facebook_feed")
    old["data"][-1]["created_time"] = "2026-08-01T08:00:00+0000"
    assert read(FACEBOOK, old).next is None
    tags = asked_of(PROFESSIONAL)[1]
    following = read(PROFESSIONAL, keyed_json("instagram_tags"), 1).next
    assert following == Request(f"{tags}&after=QVFIUn", auth="mine")
    assert read(PROFESSIONAL, {"data": [], "paging": {"cursors": {"after": "QVFIUn"}}}, 1).next is None


def test_such_a_source_is_the_schools_own_without_being_told(tmp_path):
    key = '[credentials.page]\nkind = "facebook"\nsecret_env = "PAGE"\n'
    place = f'[[sources]]\nid = "page"\nkind = "facebook.page"\nurl = "{GRAPH}"\n'
    settings = f'settings = {{credential = "page", number = "{PAGE}"}}\n'
    (source,) = settings_of(tmp_path, SCHOOL_TABLE + key + place + settings, PAGE="abc").sources
    assert (source.own, source.disabled) == (True, None)
    assert "number" in str(faults(tmp_path, SCHOOL_TABLE + key + place + settings.replace(PAGE, "oakfield")))
