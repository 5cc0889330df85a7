"""A capture: where a post’s words stand on a page, what is fetched for its look; its archive; pictures."""

import base64
import io
import json
import re
import shutil
import socket
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import which

import pytest
import support.strain
from builders.capture import AUTHOR, PIXEL, STYLE, TEXT, routes, thread
from builders.fetcher import NOW, fetcher_for
from builders.hostile_page import CHROMIUM, URL, hostile, job, recorder
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from support.for_each import for_each
from support.processor import within
from support.web_server import Answer, serve
from warcio.archiveiterator import ArchiveIterator

from data.types import FetchFailure, Outcome, Response
from sources.capture import browser as drawing
from sources.capture.browser import DrawingJob, photograph
from sources.capture.page import AtAddress, FetchedPage, find_post, letters, take
from sources.capture.picture_words import words_on
from sources.capture.warc import NOT_KEPT, Archive, archive, archive_of_files, key_of, wacz
from sources.parser_process import Bounds, ParserProcess


def page(text: str) -> Response:
    return Response(
        "https://forum.example.org/t/1", 200, (("content-type", "text/html"),), text.encode(), NOW
    )


def test_the_posts_words_are_found_with_who_wrote_them_and_when_and_no_others():
    found = find_post(page(thread()), TEXT, AUTHOR)
    assert found.found
    assert (found.author, found.posted) == (AUTHOR, "Yesterday, 20:14")
    assert found.text.splitlines()[0].startswith("The office at Oakfield Primary “lost”")
    assert found.pictures == ()
    text = 'the OFFICE at Oakfield Primary "lost"\nthe dinner money again.'
    assert find_post(page(thread()), text, None).found
    found = find_post(
        page(thread()), "That is quite a claim. Do you have anything to show for it?", "lamp_post"
    )
    assert (found.author, found.posted) == ("lamp_post", "Today, 07:02")
    assert "Oakfield" not in found.text
    quoted = thread().replace("<p>That is quite a claim.", f"<blockquote>{TEXT}</blockquote><p>That is.")
    quoted = quoted.replace('<article class="post" id="p1">', f"<div><p>{TEXT}</p></div><article>")
    found = find_post(page(quoted), TEXT, AUTHOR)
    assert (found.author, found.posted) == (AUTHOR, "Yesterday, 20:14")


def test_a_post_of_which_a_reply_alone_still_holds_the_words_is_said_to_be_quoted():
    gone = re.sub(r'<article class="post" id="p2">.*?</article>', "", thread(), flags=re.DOTALL)
    quote = f"<blockquote><cite>{AUTHOR} said:</cite><p>{TEXT}</p></blockquote><img src='/mine.png'>"
    found = find_post(page(gone.replace("<p>That is quite", f"{quote}<p>That is quite")), TEXT, AUTHOR)
    assert (found.found, found.quoted, found.author, found.posted) == (True, True, "", "")
    assert found.pictures == ()
    newest_first = thread().replace('<article class="post" id="p1">', f"<article>{quote}</article><article>")
    found = find_post(page(newest_first), TEXT, AUTHOR)
    assert (found.quoted, found.author, found.posted) == (False, AUTHOR, "Yesterday, 20:14")


@for_each(
    "hidden",
    [
        "<script>var a = 'Nobody says this here at all';</script>",
        "<style>/* Nobody says this here at all */</style>",
        "<template><p>Nobody says this here at all</p></template>",
        "<!-- Nobody says this here at all -->",
    ],
)
def test_words_that_no_reader_sees_are_not_shown(hidden):
    assert not find_post(page(thread(hidden)), "Nobody says this here at all", None).visible


def test_words_that_scripts_would_bring_are_found_in_the_pages_data():
    data = '{"articleBody": "A \\u201cdreadful\\u201d school,\\u003Cbr\\u003Eask anybody at the gate."}'
    script = f'<html><script type="application/ld+json">{data}</script><body>Reviews</body></html>'
    found = find_post(page(script), "A “dreadful” school,\nask anybody at the gate.", None)
    assert (found.found, found.visible) == (True, False)
    assert not find_post(page(script), "Reviews body", None).found


def test_a_post_is_found_by_most_of_its_words_and_not_where_they_are_scattered_or_mere_signs():
    cut = TEXT + "\nRead on…"
    found = find_post(page(thread()), cut, AUTHOR)
    assert found.found
    assert 0.9 < found.share < 1
    assert not find_post(
        page(thread()), TEXT[:60] + " and all else is another matter altogether.", AUTHOR
    ).found
    far = "<p>Yes.</p>" + "<p>Something else altogether stands here.</p>" * 200 + "<p>Quite so.</p>"
    assert find_post(page(f"<html><body>{far}</body></html>"), "Yes.\nQuite so.", None).found is False
    assert not find_post(page(thread()), "!!! 👎", None).found
    assert letters("Ｏａｋ ﬁeld’s – 2nd!") == "oakfields2nd"


@for_each(
    ("beside", "author", "found"),
    [
        ("<p>We say yes to cookies.</p>", None, False),
        ("<p>We say yes to cookies.</p>", AUTHOR, False),
        ("<p>Yes!</p>", None, True),
        (f"<div><b>{AUTHOR}</b><p>Yes, that is so.</p></div>", AUTHOR, True),
    ],
)
def test_a_few_letters_count_beside_their_author_or_alone(beside, author, found):
    far = "<p>Something else altogether stands here, of quite another matter.</p>" * 9
    assert find_post(page(f"<html><body>{far}{beside}{far}</body></html>"), "Yes.", author).found is found


def test_a_page_that_nests_without_end_is_read_in_a_moment():
    deep = "<div>" * 2_500 + f"<p>{TEXT}</p>" + "x " * 12_000
    with within(2):
        find_post(page(f"<html><body>{deep}"), TEXT, AUTHOR)


@for_each("body", [b"", b"\x00\xff\xfe", b"{}", b"<", b"plain words of no length"])
def test_no_body_is_too_odd(body):
    response = Response("https://forum.example.org/", 200, (), body, NOW)
    assert find_post(response, "plain words of no length", None).found is (len(body) > 20)


@for_each(
    ("beside", "said"),
    [
        ("» Mon Nov 16, 2026 8:14 pm", "Mon Nov 16, 2026 8:14 pm"),
        ("Joined: 12 Mar 2019. Posted on 16/11/2026 at 20:14", "16/11/2026 at 20:14"),
        ("3 hours ago", "3 hours ago"),
        ('<span class="post-date">2 d</span>', "2 d"),
        ("Joined: 12 Mar 2019", ""),
    ],
)
def test_the_time_is_taken_as_it_is_displayed(beside, said):
    text = f"<html><body><div><p>by walnut_tree {beside}</p><div>Has anybody seen the queue?</div></div>"
    assert find_post(page(text), "Has anybody seen the queue?", "walnut_tree").posted == said


def test_style_sheets_are_fetched_and_nothing_else():
    head = (
        '<link rel="stylesheet" href="/missing.css"><link rel="stylesheet" href="/page.html">'
        '<link rel="stylesheet" href="ftp://forum.example.org/x.css"><script src="/s.js"></script>'
    )
    within = '<img src="/a.png"><video src="/v.mp4"></video><iframe src="/frame"></iframe>'
    with serve(routes(thread(within, head), **{"/page.html": "<html><body>hello</body></html>"})) as site:
        taken = take(f"{site}/t/1", fetcher_for(site), text=TEXT, author=AUTHOR)
    assert isinstance(taken, FetchedPage)
    assert site.paths == ["/t/1", "/f.css", "/missing.css", "/page.html"]
    assert [url.rpartition("/")[2] for url in taken.styles] == ["f.css"]
    assert taken.left_out == {
        "style_sheets": 3, "pictures": 2, "pictures_as_data": 0, "media": 1, "frames": 1, "scripts": 1,
    }  # fmt: skip


def test_pictures_are_those_within_the_post_without_its_authors_face():
    within = '<img src="/proof.png">'
    page_with = thread(within).replace("twenty years", '<img src="/other.png">twenty years')
    with serve(routes(page_with)) as site:
        taken = take(f"{site}/t/1", fetcher_for(site), text=TEXT, author=AUTHOR, pictures=True)
    assert isinstance(taken, FetchedPage)
    assert site.paths == ["/t/1", "/f.css", "/proof.png"]


@for_each(
    "written",
    [
        '<img src="data:image/png;base64,iVBORw0KGgo=">',
        "<div style='background:url(DATA:image/webp;base64,iVBORw0KGgo=)'></div>",
        '<script>var a = {"thumb": "data:image\\/jpeg;base64,iVBORw0KGgo="}</script>',
    ],
)
def test_a_picture_that_stands_in_the_page_as_data_is_taken_out_of_it_and_counted(written):
    with serve(routes(thread(written))) as site:
        taken = take(f"{site}/t/1", fetcher_for(site), text=TEXT, author=AUTHOR, pictures=True)
    assert isinstance(taken, FetchedPage)
    assert b"iVBORw0KGgo" not in taken.response.body
    assert taken.response.body.replace(b"data:,", b"") == re.sub(
        rb"(?i)data:image[^\"')]*", b"", thread(written).encode()
    )
    assert taken.left_out["pictures_as_data"] == 1


def test_a_style_sheet_that_has_moved_is_known_by_the_address_that_the_page_gives():
    moved = {"/f.css": Answer(301, b"", {"Location": "/f-2.css"}), "/f-2.css": routes()["/f.css"]}
    with serve(routes(**moved)) as site:
        taken = take(f"{site}/t/1", fetcher_for(site), text=TEXT)
    assert isinstance(taken, FetchedPage)
    assert {asked: came.url for asked, came in taken.styles.items()} == {f"{site}/f.css": f"{site}/f-2.css"}


def test_eight_style_sheets_are_fetched_and_none_begun_when_the_time_is_up():
    head = "".join(f'<link rel="stylesheet" href="/f.css?{n}">' for n in range(100))
    with serve(routes(thread(head=head))) as site:
        take(f"{site}/t/1", fetcher_for(site), text=TEXT)
    assert len(site.paths) == 9
    ticks = iter([0.0, 1.0, 100.0])
    head = "".join(f'<link rel="stylesheet" href="/f.css?{n}">' for n in range(3))
    with serve(routes(thread(head=head))) as site:
        take(f"{site}/t/1", fetcher_for(site), text=TEXT, timer=lambda: next(ticks, 100.0))
    assert len(site.paths) == 2


@for_each("answer", [Answer(500, b"out of order"), Answer(429, b"too many")])
def test_what_does_not_speak_for_the_page_is_a_failure(answer):
    with serve(routes(answer)) as site:
        assert isinstance(take(f"{site}/t/1", fetcher_for(site)), FetchFailure)


def titled(title: str, body: str, status: int = 200) -> Answer:
    page = f"<html><title>{title}</title><body>{body}</body></html>"
    return Answer(status, page.encode(), {"Content-Type": "text/html"})


@for_each(
    ("answer", "stands"),
    [
        (titled("Log in", "<h1>You must log in to view this page</h1><input type=password>"), AtAddress.WALL),
        (titled("Before you continue", "Before you continue to Google"), AtAddress.WALL),
        (titled("Just a moment...", "<form id=challenge-form></form>"), AtAddress.WALL),
        (titled("App", "<div id=app></div><script src=/a.js></script>"), AtAddress.WALL),
        (titled("Sorry", "The page was not found", 404), AtAddress.GONE),
        (titled("Page not found", "This page does not exist"), AtAddress.GONE),
        (titled("Forbidden", "Forbidden", 403), AtAddress.REFUSED),
    ],
)
def test_what_stands_in_place_of_the_page_is_told_as_what_it_is(answer, stands):
    with serve(routes(answer)) as site:
        taken = take(f"{site}/t/1", fetcher_for(site), text=TEXT)
    assert isinstance(taken, FetchedPage)
    assert (taken.stands, taken.response, taken.status) == (stands, None, answer.status)
    assert site.paths == ["/t/1"]


@for_each(
    ("kind", "body"),
    [
        ("image/png", PIXEL), ("text/html", PIXEL), ("video/mp4", b"whatever"),
        ("image/svg+xml", b"<svg/>"), ("application/octet-stream", b"\x00\x00\x00\x1cftypavif"),
        ("text/plain", b"%PDF-1.7 a scan"), ("application/pdf", b"%PDF-1.7 a scan"),
        ("multipart/x-mixed-replace", b"--frame"),
    ],
)  # fmt: skip
def test_a_picture_or_another_file_at_the_address_itself_is_not_kept(kind, body):
    with serve(routes(Answer(200, body, {"Content-Type": kind}))) as site:
        failed = take(f"{site}/t/1", fetcher_for(site), text=TEXT, pictures=True)
    assert isinstance(failed, FetchFailure)
    assert "was not kept" in failed.detail


def test_a_page_that_cannot_be_read_to_its_end_is_a_failure_and_nothing_more_is_asked_for():
    with serve(routes()) as site:
        failed = take(f"{site}/t/1", fetcher_for(site), text=TEXT, apart=support.strain.refusing)
        assert [asked.path for asked in site.asked if asked.path != "/robots.txt"] == ["/t/1"]
    assert isinstance(failed, FetchFailure)
    assert (failed.outcome, failed.detail) == (Outcome.MALFORMED, "It takes too long.")


# --- the archive: read by warcio, accepted by the validator of WACZ, the same bytes each time


PAGE = Response(
    "https://forum.example.org/t/1?b=2&a=1",
    200,
    (("content-type", "text/html; charset=utf-8"), ("server", "example"), ("x-odd", "caf\xe9 \x80\r\n y")),
    thread().encode(),
    NOW,
)
CSS = Response(
    "https://forum.example.org/f.css", 200, (("content-type", "text/css"),), STYLE, NOW + timedelta(seconds=2)
)
SENT = {"User-Agent": "Schoolgate/0 (+office@oakfield.example.sch.uk)", "Connection": "close"}


def held(*responses: Response, seed: str = "0123456789ab") -> Archive:
    return archive(responses, name="response.warc.gz", software="Schoolgate/0", sent=SENT, seed=seed)


def records(content: bytes):
    return [
        (r.rec_type, r.rec_headers, r.http_headers, r.content_stream().read())
        for r in ArchiveIterator(io.BytesIO(content), check_digests="raise")
    ]


def test_the_archive_holds_each_response_as_it_was_read_and_says_what_it_leaves_out():
    found = records(held(PAGE, CSS).content)
    assert [kind for kind, *_ in found] == ["warcinfo", "response", "request", "response", "request"]
    info, page, asked = found[0][3].decode(), found[1], found[2]
    assert all(name in info for name in NOT_KEPT)
    assert page[1].get_header("WARC-Target-URI") == PAGE.url
    assert page[1].get_header("WARC-Date") == "2026-11-17T09:00:00Z"
    assert page[2].get_statuscode() == "200"
    assert [name for name, _ in page[2].headers] == [name for name, _ in PAGE.headers]
    assert page[3] == PAGE.body
    assert asked[2].protocol == "GET"
    assert asked[2].get_header("User-Agent") == SENT["User-Agent"]


def test_each_record_stands_where_the_index_says_in_the_same_bytes_uncompressed():
    made = held(PAGE, CSS)
    for place, response in zip(made.places, (PAGE, CSS), strict=True):
        (record,) = records(made.content[place.offset : place.offset + place.length])
        assert record[1].get_header("WARC-Target-URI") == place.url == response.url
        assert record[3] == response.body
    assert package(held(PAGE, CSS)) == package(held(PAGE, CSS))
    with zipfile.ZipFile(io.BytesIO(package(held(PAGE, CSS)))) as found:
        assert {entry.compress_type for entry in found.infolist()} == {zipfile.ZIP_STORED}
        pages = found.read("pages/pages.jsonl").decode().splitlines()
        index = found.read("indexes/index.cdx").decode().splitlines()
    assert json.loads(pages[1])["url"] == PAGE.url
    assert index == sorted(index)
    assert json.loads(index[0].split(" ", 2)[2])["filename"] == "data.warc.gz"


def handed_in(said: bytes) -> Archive:
    files = [("supplied-1.png", b"\x89PNG", "image/png"), ("supplied-2.txt", b"words", "text/plain")]
    return archive_of_files(files, said, at=NOW, software="Schoolgate/0", seed="0123456789ab")


def test_a_file_that_was_handed_in_is_a_resource_under_a_name_of_its_own_and_no_answer_of_a_website():
    said = b'{"address":"https://www.facebook.com/p/1"}'
    made = handed_in(said)
    found = records(made.content)
    assert [kind for kind, *_ in found] == ["warcinfo", *["resource", "metadata"] * 2]
    assert not [r for r in found if str(r[1].get_header("WARC-Target-URI")).startswith("http")]
    assert "no record says that a website answered" in found[0][3].decode()
    (_, picture, http, content), (_, about, _, told) = found[1:3]
    assert (http, content, told) == (None, b"\x89PNG", said)
    assert about.get_header("WARC-Refers-To") == picture.get_header("WARC-Record-ID")
    with zipfile.ZipFile(io.BytesIO(package(made))) as held:
        index = held.read("indexes/index.cdx").decode()
    assert index.startswith("urn:uuid:")
    assert '"status"' not in index


@settings(max_examples=15, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([200, 203, 299]))
def test_whatever_a_body_holds_comes_out_as_it_went_in(body, status):
    page = replace(PAGE, body=body, status=status)
    assert records(held(page).content)[1][3] == body


def package(made: Archive) -> bytes:
    return wacz(made, title="900001 0001", software="Schoolgate/0")


_EACH = """import sys
from wacz.main import main
for file in sys.argv[1:]:
    print("ended with", main(["validate", "-f", file]), flush=True)
"""


def validated(*paths: Path) -> str:
    """What the library's validator says of each, in a process of its own, without a network where it can."""
    alone = ["unshare", "--user", "--map-root-user", "--net"] if _can_cut_off() else []
    command = [*alone, sys.executable, "-c", _EACH, *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def _can_cut_off() -> bool:
    if shutil.which("unshare") is None:
        return False
    tried = ["unshare", "--user", "--map-root-user", "--net", "true"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


def test_the_validator_accepts_the_package_and_refuses_a_changed_one(tmp_path):
    content = package(held(PAGE, CSS))
    (tmp_path / "good.wacz").write_bytes(content)
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as was, zipfile.ZipFile(changed, "w") as made:
        for name in was.namelist():
            made.writestr(name, was.read(name).replace(b"900001 0001", b"900001 0002"))
    (tmp_path / "bad.wacz").write_bytes(changed.getvalue())
    (tmp_path / "files.wacz").write_bytes(package(handed_in(b"{}")))
    said = validated(*(tmp_path / f"{name}.wacz" for name in ("good", "bad", "files")))
    assert said.count("Version detected as 1.1.1") == 3
    assert re.findall(r"ended with (\d)", said) == ["0", "1", "0"]


@for_each(
    ("url", "key"),
    [
        ("https://www.Forum.example.org/T/1?b=2&a=1", "org,example,forum)/t/1?a=1&b=2"),
        ("http://forum.example.org:8080", "org,example,forum:8080)/"),
        ("https://forum.example.org:443/x", "org,example,forum)/x"),
        ("https://forum.example.org/é", "org,example,forum)/%c3%a9"),
    ],
)
def test_an_address_is_sorted_by_its_domain(url, key):
    assert key_of(url) == key


# --- the words on a picture: what is read, what is not decoded, what its process may not do


linux = pytest.mark.skipif(sys.platform != "linux", reason="these bounds are Linux's")


@pytest.fixture(scope="module")
def models():
    """The reader's process, with the extra."""
    pytest.importorskip("rapidocr", reason="needs the extra `ocr`")
    reader = ParserProcess(time.monotonic, Bounds(30.0, 120.0, 512))
    yield reader
    reader.let_go(0.0)


def png(width, height):
    """The beginning of one of that size, with nothing in it."""
    named = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"")
    parts = (struct.pack(">I", len(p) - 4) + p + struct.pack(">I", zlib.crc32(p)) for p in (named, data))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.ocr
def test_the_lines_of_a_screenshot_are_read_from_top_to_bottom(models):
    """Three seconds: the models are loaded."""
    from PIL import Image, ImageDraw, ImageFont

    said = ["Nobody rings back at Oakfield", "It was 23.50 on Friday"]
    shot, kept = Image.new("RGB", (750, 260), "white"), io.BytesIO()
    for n, each in enumerate(said):
        font = ImageFont.load_default(40)
        ImageDraw.Draw(shot).text((30, 40 + 100 * n), each, fill="black", font=font)
    shot.save(kept, "PNG")
    assert models(words_on, kept.getvalue()).splitlines() == said


@pytest.mark.ocr
@pytest.mark.parametrize(("width", "height"), [(6000, 5000), (2, 20_000_000)])
def test_a_picture_of_too_many_pixels_is_not_decoded(models, width, height):
    """Decoded, this one would be cut off, and so a fault."""
    assert models(words_on, png(width, height)) == ""


@pytest.mark.ocr
@pytest.mark.parametrize("content", [b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", b"P1\n1 1\n1\n"])
def test_what_telephones_do_not_make_is_not_decoded(models, content):
    with pytest.raises(Exception, match=r"PIL/Image\.py") as raised:
        models(words_on, content)
    assert type(raised.value).__name__ == "UnidentifiedImageError"


@linux
def test_its_process_writes_no_file(apart, tmp_path):
    assert apart(support.strain.shut_in_and_write, str(tmp_path / "one")) == "File too large"


@linux
def test_its_process_reaches_no_network_where_the_system_takes_it_away(apart):
    tries = ["unshare", "--user", "--net", "true"]
    if not which(tries[0]) or subprocess.run(tries, capture_output=True, check=False).returncode:
        pytest.skip("this system takes no network away from a process")
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert apart(support.strain.shut_in_and_ring, server.getsockname()[1]) == "Network is unreachable"


@linux
def test_its_process_ends_with_its_parent(apart):
    assert apart(support.strain.shut_in_and_die_with_parent) == 9


needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")


TALL = base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="900"/>').decode()


@needs_browser
def test_the_picture_and_the_pdf_are_of_the_post_alone_and_the_page_reaches_no_private_address():
    """Whatever lies over the post, without pictures as data, though other pictures are allowed."""
    banner = "<div style='position:fixed;inset:0;z-index:9;background:#fa0'>We value your privacy</div>"
    window = f"{banner}<main style='position:fixed;inset:0;overflow:auto'>{'<p>Filler.</p>' * 99}<header>"
    window += f"<article><blockquote>{AUTHOR}: {TEXT}</blockquote> Quite so.</article>"
    within = f"""<img src="data:image/svg+xml;base64,{TALL}">
    <div style="content:url(data:image/svg+xml;base64,{TALL})"></div>"""
    with recorder() as (to, met):
        metadata = (
            f'<link rel="stylesheet" href="http://169.254.169.254/latest/meta-data"><a href="{to}">x</a>'
        )
        page = hostile(to, within).replace("<body>", f"<body>{metadata}").replace("<header>", window)
        turn = Answer(302, b"", {"Location": f"http://{to}/redirected"})
        with serve(routes(page.replace("</body>", "</main></body>"), **{"/f.css": turn})) as site:
            taken = take(f"{site}/t/1#p2", fetcher_for(site), text=TEXT, author=AUTHOR)
            assert taken.response is not None
            pixel = Response(f"http://{to}/img", 200, (("content-type", "image/png"),), PIXEL, NOW)
            shown = {"header": f"{URL}#p2", "footer": "Case 0001"}
            of = DrawingJob(
                taken.response, taken.asked, TEXT, AUTHOR, taken.styles, {pixel.url: pixel}, **shown
            )
            drawn = photograph(of, CHROMIUM)
            assert site.paths == ["/t/1", "/f.css"]
        time.sleep(0.2)
    assert drawn.broken_off > 0
    assert met == []
    assert len(drawn.png) > 20_000, "a picture of one colour: something lies over the post"
    wide, high = int.from_bytes(drawn.png[16:20], "big"), int.from_bytes(drawn.png[20:24], "big")
    assert (1400 < wide <= 1600, 200 < high < 1500) == (True, True), "a picture as data is 1800 high"
    pages = PdfReader(io.BytesIO(drawn.pdf)).pages
    text = " ".join(pages[0].extract_text().split())
    assert len(pages) == 1
    for there in ("Mr Example takes it home", f"{AUTHOR} Yesterday, 20:14", f"{URL}#p2"):
        assert there in text
    for absent in ("lamp_post", "Quite so", "walnut_tree"):
        assert absent not in text


def a_stub(folder: Path, script: str) -> Path:
    path = folder / "chromium"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_a_browser_that_hangs_is_ended_when_its_time_is_up(tmp_path):
    began = time.monotonic()
    drawn = photograph(job(), a_stub(tmp_path, "exec sleep 5"), whole_s=1)
    assert drawn.code in ("too_slow", "failed")
    assert time.monotonic() - began < 5


def test_a_browser_that_does_not_start_is_told_as_such_and_was_told_none_of_our_secrets(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("SCHOOLGATE_MAIL_PASSWORD", "Hunter2-planted")
    drawn = photograph(job(), a_stub(tmp_path, f"env > {tmp_path}/env; exit 3"))
    assert drawn.code == "failed"
    assert "PATH=" in (tmp_path / "env").read_text()
    assert "Hunter2" not in (tmp_path / "env").read_text()


def test_without_a_browser_or_the_extra_it_is_said_so(monkeypatch):
    drawn = photograph(job(), None)
    assert drawn.code == "no_browser"
    monkeypatch.setattr(drawing, "can_draw", lambda: False)
    drawn = photograph(job(), CHROMIUM)
    assert drawn.code == "no_extra"
