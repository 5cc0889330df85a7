"""YouTube by its Data API: documents as developers.google.com/youtube/v3/docs shows them on 2026-11-28."""

import json
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from urllib.parse import parse_qsl, urlsplit

import pytest
from builders import config
from builders.twin import KeyedConformance
from conformance import FETCHED_AT, CollectorConformance, Document
from pydantic import ValidationError
from support.for_each import for_each

from data.ids import mention_id
from data.types import HeldPost, MentionKind, Page, Request, Response, Source, SourceState
from sources.keys import key_kinds
from sources.registry import collector, settings_of

API = "https://www.googleapis.com/youtube/v3/"
OWN = "UCexample_larchford_01aa"
SEARCH = (
    "search?part=snippet&type=video&order=date&maxResults=50&safeSearch=none&regionCode=GB"
    "&publishedAfter=2026-08-19T09%3A00%3A00Z&q=%22Oakfield+Primary%22"
)
VIDEOS = "videos?part=snippet%2Cstatistics&id=gateVIDEO01%2CchoirVIDE-2"
THREADS = "commentThreads?part=snippet%2Creplies&order=time&maxResults=100&textFormat=plainText"
REPLIES = "comments?part=snippet&parentId=UgxFirst01&maxResults=100&textFormat=plainText"
QUERY = {"credential": "youtube", "query": '"Oakfield Primary"'}


def document(name: str, address: str, mentions: int, **more: str) -> Document:
    path = f"keyed/youtube_{name}.json"
    return Document(path, API + address, mentions, escape="json", content_type="application/json", **more)


SEARCHED = document("search", f"{SEARCH}#whole", 0)
LAST = document("search_2", f"{SEARCH}&pageToken=CDIQAA#whole", 0)
VIDEO = document("videos", VIDEOS, 2, words="two cars across the crossing")
COMMENTS = document("threads", f"{THREADS}&videoId=gateVIDEO01#gateVIDEO01,4", 2, words="Walk, then")
ANSWERS = document("replies", f"{REPLIES}#gateVIDEO01,2", 2, words="In all weathers")


CHANNEL = {"credential": "youtube", "own_channel": OWN}


class TestYouTube(CollectorConformance):
    kind = "youtube"
    documents = (VIDEO, COMMENTS, ANSWERS)
    pages = (SEARCHED, LAST, VIDEO, COMMENTS, ANSWERS)
    settings = QUERY
    recognised = False


def error(code: int, message: str, old: str, new: str = "") -> dict[str, object]:
    """An error as Google's services send it, with the older and the newer name of its reason."""
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": new, "domain": "googleapis.com"}
    errors = [{"message": message, "domain": "global", "reason": old}]
    return {"error": {"code": code, "message": message, "errors": errors, "details": [info]}}


PER_DAY = "Quota exceeded for quota metric 'Search Queries' and limit 'Search Queries per day' of service"
OFTEN = error(429, "Too many requests.", "rateLimitExceeded", "RATE_LIMIT_EXCEEDED")


class TestYouTubeTwin(KeyedConformance):
    kind = key = "youtube"
    url, cursor, settings = API, "pageToken", MappingProxyType({"query": QUERY["query"]})
    faults = MappingProxyType({
        "wrong": (400, {}, error(400, "API key not valid.", "badRequest", "API_KEY_INVALID")),
        "expired": (400, {}, error(400, "API key expired. Renew it.", "badRequest", "API_KEY_INVALID")),
        "revoked": (403, {}, error(403, "Permission denied: suspended.", "forbidden", "CONSUMER_SUSPENDED")),
        "unapproved": (403, {}, error(403, "It is disabled.", "accessNotConfigured", "SERVICE_DISABLED")),
        "used_up": (429, {}, error(429, PER_DAY, "rateLimitExceeded", "RATE_LIMIT_EXCEEDED")),
        "too_often": (429, {}, OFTEN),
        "too_often_later": (429, {"Retry-After": "30"}, OFTEN),
        "broken": (503, {}, error(503, "Backend Error", "backendError", "UNAVAILABLE")),
    })  # fmt: skip

    def answer(self, path: str, query: dict[str, str], page: int) -> object:
        pages = {
            "search": (SEARCHED, LAST),
            "videos": [VIDEO],
            "commentThreads": [COMMENTS],
            "comments": [ANSWERS],
        }
        return json.loads(pages[path.rpartition("/")[2]][page].body)

    def test_what_is_known_of_a_reply_but_not_sent_with_it_comes_back_with_its_answer(self):
        replies = [m for m in self.read().mentions if m.kind is MentionKind.REPLY]
        assert [m.url for m in replies] == [m.url for m in read(ANSWERS).mentions]
        assert not any("gateVIDEO01" in one.path for one in self.asked if "/comments?" in one.path)


class TestYouTubeChannel(CollectorConformance):
    kind = "youtube.channel"
    documents = (COMMENTS, ANSWERS)
    settings = CHANNEL
    recognised = False


def source(settings: dict[str, str] = QUERY) -> Source:
    return Source("youtube", "youtube", API, settings=settings)


def read(of: Document, told: dict[str, object] | None = None, url: str = "") -> Page:
    """The page of a document, with some of its names changed."""
    body = json.dumps({**json.loads(of.body), **(told or {})}).encode()
    return collector("youtube").parse(source(), replace(of.response(body), url=url or of.url))


def test_a_video_a_comment_and_a_reply_are_read_in_full():
    video, comment, reply = (read(each).mentions[0] for each in (VIDEO, COMMENTS, ANSWERS))
    assert (video.kind, video.id) == (MentionKind.POST, mention_id("youtube", "yt:video:gateVIDEO01"))
    assert (video.url, video.author) == (
        "https://www.youtube.com/watch?v=gateVIDEO01", "Larchford & District News",
    )  # fmt: skip
    assert video.title == "Oakfield Primary School's gate at 3.15"
    assert video.text.endswith("two cars across the crossing.\nNobody from the school comes out.")
    assert f"{video.published:%d %H:%M}" == "15 16:20"
    assert (comment.kind, comment.parent, comment.author) == (MentionKind.COMMENT, video.id, "@parent-of-two")
    assert comment.text == 'I <3 this school & its "staff", but not that crossing.'
    assert comment.url == "https://www.youtube.com/watch?v=gateVIDEO01&lc=UgxFirst01"
    assert f"{comment.published:%d %H:%M} {comment.edited:%d %H:%M}" == "15 18:02 16 07:30"
    assert (reply.kind, reply.parent, reply.edited) == (MentionKind.REPLY, comment.id, None)
    assert reply.url == "https://www.youtube.com/watch?v=gateVIDEO01&lc=UgxFirst01.reply-a"


@for_each(
    ("query", "searches"),
    [
        ('"Oakfield Primary" OR Oakfield', ['"Oakfield Primary"|Oakfield']),
        ('"Oakfield Primary" NOT Ohio OR OPS NOT Ohio', ['"Oakfield Primary"|OPS -Ohio']),
        ('"Oakfield Primary" Larchford OR OPS', ['"Oakfield Primary" Larchford', "OPS"]),
        ('"Oakfield Primary" OR OPS NOT Ohio', ['"Oakfield Primary"', "OPS -Ohio"]),
    ],
)
def test_a_query_is_written_as_youtube_documents_it_in_as_few_searches_as_can_be(query, searches):
    made = collector("youtube").requests(source({**QUERY, "query": query}), SourceState("y"), FETCHED_AT)
    assert [dict(parse_qsl(urlsplit(request.url).query))["q"] for request in made] == searches


def test_a_search_hides_nothing_names_no_key_and_looks_back_less_far_once_it_has_been_read():
    (first,) = collector("youtube").requests(source(), SourceState("youtube"), FETCHED_AT)
    assert first == Request(f"{API}{SEARCH}#whole", auth="youtube")
    seen = SourceState("youtube", last_ok_at=FETCHED_AT - timedelta(days=1))
    (later,) = collector("youtube").requests(source(), seen, FETCHED_AT)
    assert "publishedAfter=2026-10-17T09%3A00%3A00Z" in later.url
    assert (read(SEARCHED).next is None, read(SEARCHED, url=later.url).next) == (False, None)


def test_videos_with_comments_and_comments_with_more_replies_are_asked_for_and_no_others():
    follow = [each for of in (SEARCHED, VIDEO, COMMENTS, ANSWERS) for each in read(of).follow]
    assert follow == [Request(of.url, auth="youtube") for of in (VIDEO, COMMENTS, ANSWERS)]
    video = json.loads(VIDEO.body)["items"][0]
    video["snippet"] |= {"title": "Oakfield Elementary", "description": "Oakfield, Ohio"}
    assert read(VIDEO, {"items": [video]}).follow == ()
    thread = json.loads(COMMENTS.body)["items"][0]
    thread["replies"] = {"comments": json.loads(ANSWERS.body)["items"]}
    page = read(COMMENTS, {"items": [thread]})
    assert [m.id for m in page.mentions] == [
        read(COMMENTS).mentions[0].id,
        *(m.id for m in read(ANSWERS).mentions),
    ]
    assert page.follow == ()


@for_each(
    ("of", "told", "missing"),
    [
        (COMMENTS, {}, 0),
        (COMMENTS, {"items": []}, 4),
        (ANSWERS, {"items": []}, 2),
        (COMMENTS, {"items": [], "nextPageToken": "QURT"}, 0),
        (COMMENTS, {"pageInfo": {"totalResults": 99, "resultsPerPage": 100}}, 0),
        (SEARCHED, {"items": []}, 0),
    ],
)
def test_comments_counted_and_not_sent_are_unread_and_the_estimate_of_a_search_says_nothing(
    of, told, missing
):
    sentence = f"Comments that YouTube counts and did not send: {missing}."
    assert read(of, told).unread == ((sentence,) if missing else ())


def test_a_channel_of_the_schools_own_is_read_by_its_newest_comments_page_by_page():
    url = f"{API}{THREADS}&allThreadsRelatedToChannelId={OWN}"
    asked = collector("youtube.channel").requests(source(CHANNEL), SourceState("y"), FETCHED_AT)
    assert asked == [Request(url, auth="youtube")]
    page = read(COMMENTS, {"nextPageToken": "QURT"}, url)
    assert page.next == Request(f"{url}&pageToken=QURT", auth="youtube")
    assert page.unread == ()
    assert [m.parent for m in page.mentions] == [mention_id("youtube", "yt:video:gateVIDEO01")] * 2


def test_a_channel_is_named_by_its_id_and_whatever_is_said_there_is_about_the_school(tmp_path):
    for wrong in ("@oakfield", OWN[:-1], ""):
        with pytest.raises(ValidationError):
            settings_of("youtube.channel").model_validate({**CHANNEL, "own_channel": wrong})
    keys = '[credentials.youtube]\nkind = "youtube"\nsecret_env = "KEY"\n'
    places = {"youtube.channel": f'own_channel = "{OWN}"', "youtube": "query = '\"Oakfield Primary School\"'"}
    text = keys + "".join(
        f'[[sources]]\nid = "{kind[-3:]}"\nkind = "{kind}"\nurl = "{API}"\n'
        f'settings = {{credential = "youtube", {setting}}}\n'
        for kind, setting in places.items()
    )
    ours, search = config.read(tmp_path, config.SCHOOL + text).sources
    assert (ours.own, search.own, search.surfaced, search.max_pages) == (True, False, True, 12)


def test_posts_are_looked_up_by_their_ids_fifty_at_a_time_and_those_of_no_id_are_not():
    held = [HeldPost(m.id, m.url) for of in (VIDEO, COMMENTS) for m in read(of).mentions]
    odd = [HeldPost("0" * 16, "https://www.youtube.com/shorts/gateVIDEO01")]
    videos, comments = collector("youtube").lookups(source(), [*held, *odd])
    assert videos.request == Request(f"{API}videos?part=id&id=gateVIDEO01%2CchoirVIDE-2", auth="youtube")
    assert comments.request.url == f"{API}comments?part=id&id=UgxFirst01%2CUgxSecond2"
    assert comments.asked == {held[2].id: "UgxFirst01", held[3].id: "UgxSecond2"}
    many = [HeldPost(f"{n:016x}", f"https://www.youtube.com/watch?v=v{n}") for n in range(51)]
    assert [len(each.asked) for each in collector("youtube").lookups(source(), many)] == [50, 1]


@for_each(
    ("body", "standing"),
    [
        (VIDEO.body, {"gateVIDEO01", "choirVIDE-2"}),
        (b'{"kind": "youtube#videoListResponse", "items": []}', set()),
        (b'{"kind": "youtube#commentListResponse", "items": [], "nextPageToken": "QURT"}', None),
        (b'{"kind": "youtube#videoListResponse"}', None),
        (b'{"error": {"code": 403}}', None),
        (b"<html>", None),
    ],
)
def test_what_stands_is_what_a_whole_answer_lists(body, standing):
    answer = Response(f"{API}videos?part=id", 200, (), body, FETCHED_AT)
    assert collector("youtube").standing(source(), answer) == standing


@for_each(
    ("status", "body", "fault"),
    [
        (400, error(400, "Bad Request", "keyInvalid"), "wrong"),
        (403, error(403, "Requests from this IP are blocked.", "ipRefererBlocked"), "unapproved"),
        (403, error(403, "Blocked.", "forbidden", "API_KEY_SERVICE_BLOCKED"), "unapproved"),
        (403, error(403, "You have exceeded your quota.", "quotaExceeded"), "used_up"),
        (403, error(403, "Slow down.", "userRateLimitExceeded"), "too_often"),
        (403, error(403, "The video has disabled comments.", "commentsDisabled"), "absent"),
        (404, error(404, "The video could not be found.", "videoNotFound"), "absent"),
        (404, error(404, "Method not found.", "notFound"), None),
        (400, error(400, "The request specifies an invalid page token.", "invalidPageToken"), None),
    ],
)
def test_older_names_of_the_same_faults_mean_the_same(status, body, fault):
    answer = Response(API, status, (), json.dumps(body).encode(), FETCHED_AT)
    assert key_kinds()["youtube"].fault_of(answer) == fault
