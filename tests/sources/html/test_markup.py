"""From bytes to text that is safe to keep, in whatever encoding they are."""

import codecs
import encodings as python_encodings
import json
import pkgutil
from datetime import UTC, datetime
from urllib.parse import urljoin

import pytest
from bs4.element import Tag
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each
from support.processor import within
from support.sentences import rows, sentences

from data.types import Response
from sources.html import markup
from sources.html.dom import part_quotes
from sources.html.markup import (
    absolute,
    base_url,
    canonical_link,
    codec_of,
    decode,
    first_text,
    guess_encoding,
    left_out,
    next_link,
    own_words,
    plain,
    soup,
)
from sources.html.sanitise import count_readable, cut_document, without_bulk
from sources.mailbox.mail import words_shown
from sources.parse import article_text, parse_document


def response(text: str) -> Response:
    return Response(PAGE, 200, (), text.encode(), datetime(2026, 11, 17, tzinfo=UTC))


PAGE = "https://town.example.org/board/12"


@for_each(
    ("body", "header", "text"),
    [
        ("Fête".encode(), None, "Fête"),
        (b"\xef\xbb\xbf" + "Fête".encode(), "text/html; charset=iso-8859-1", "Fête"),
        ("Fête".encode("utf-16"), None, "Fête"),
        ('<meta charset="windows-1252">Fête £5 “yes”'.encode("cp1252"), None, None),
        ('<?xml version="1.0" encoding="GB18030"?>学校'.encode("gb18030"), None, None),
        ("Fête".encode("cp1252"), "text/html; charset=iso-8859-1", "Fête"),
        ("Fête".encode("cp1252"), None, "Fête"),
        ("Fête".encode(), "text/html; charset=no-such", "Fête"),
        ("Fête".encode(), "text/html; charset=hex", "Fête"),
    ],
)
def test_the_charset_is_found(body: bytes, header: str | None, text: str | None) -> None:
    decoded, _ = decode(body, header)
    assert decoded == text if text else "\ufffd" not in decoded
    assert any(word in decoded for word in ("Fête", "学校"))


def test_the_header_goes_before_the_documents_declaration_unless_the_bytes_deny_it() -> None:
    body = '<meta charset="utf-8">Fête'.encode()
    assert decode(body, "text/html; charset=iso-8859-1")[0].endswith("Fête")
    body = '<meta charset="koi8-r">Fête'.encode("cp1252")
    assert decode(body, "text/html; charset=windows-1252")[0].endswith("Fête")
    body = '<meta charset="koi8-r">школа'.encode()
    assert decode(body, "text/html; charset=utf-8")[0].endswith("школа")
    body = '{"cooked": "<meta charset=koi8-r> Fête"}'.encode()
    assert "Fête" in decode(body)[0]
    assert "Fête" in decode(b'"' + body, "application/json; charset=koi8-r")[0]
    body = ("é" * 100).encode() + b"\xff"
    assert decode(body)[1] == "utf-8"
    body = b'<meta charset="iso-8859-1">' + "Fête ’n’ caffi ".encode() * 5 + b"\xff"
    assert decode(body)[1] == "utf-8"


@for_each(
    "mention",
    [
        '<script charset="koi8-r" src="x.js"></script>',
        '<a href="/x" charset=koi8-r>',
        "<p>Set charset=koi8-r in the header.</p>",
        '<p><?xml version="1.0" encoding="koi8-r"?>',
    ],
)
def test_only_a_meta_element_or_the_xml_declaration_declares(mention: str) -> None:
    assert decode(f"{mention}Fête".encode())[0].endswith("Fête")


def test_blocks_stand_on_lines_of_their_own_and_control_characters_are_dropped() -> None:
    html = "<div>One <b>t</b>wo.<p>Three\nfour.</p><br>Five&nbsp;six</div>"
    assert plain(html) == "One two.\nThree four.\nFive six"
    assert plain("a\x00b\x1b[31mc\x85d\ufeff") == "ab[31mcd"
    assert plain("<b></b>" * 30_000 + "<p>Last words.</p> <3").endswith("Last words. <3")


@for_each(
    "hostile",
    [
        "<script>stolen()</script>", "<style>.stolen{}</style>", "<img src=x onerror=stolen()>",
        "<!-- stolen -->", "<![CDATA[stolen]]>", "<?php stolen ?>",
        "<svg><script>stolen</script><desc>stolen</desc></svg>",
        "<template>stolen</template><noscript>stolen</noscript>",
        "<textarea>stolen</textarea><button>stolen</button>", '<a href="javascript:stolen()"></a>',
    ],
)  # fmt: skip
def test_what_is_no_one_s_words_is_dropped(hostile: str) -> None:
    assert "stolen" not in plain(f"<p>Before {hostile} after</p>")
    assert "Before" in plain(f"<p>Before {hostile} after</p>")


def test_a_thousand_quotes_are_told_apart_in_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    tree = soup("<div>Mine." + "<blockquote>q</blockquote>" * 1000 + "</div>")
    selections: list[str] = []
    select = Tag.select

    def counted(tag: Tag, selector: str) -> object:
        selections.append(selector)
        return select(tag, selector)

    monkeypatch.setattr(Tag, "select", counted)
    text, quoted = own_words(tree)
    assert (text, quoted.count("q")) == ("Mine.", 1000)
    assert selections == ["blockquote"]


def test_of_a_document_too_large_the_beginning_is_read_and_the_rest_is_said() -> None:
    many = "<p>a</p>" * 100_000
    assert len(soup(many).find_all("p")) == 25_000
    assert left_out(response(many)) == (
        "The document is too large to read in full; the first 25 % was read.",
    )
    assert len(cut_document("a" * 5_000_000)) == 4_000_000
    assert cut_document("&lt;" * 90_000) == "&lt;" * 90_000
    assert cut_document("<" * 90_000) == "<" * 90_000
    assert cut_document(f"<p><![CDATA[{'<p>' * 90_000}]]><p>").endswith("]]><p>")
    assert left_out(response("<p>a</p>")) == left_out(response("")) == ()
    assert left_out(response('["' + many + '"]')) == ()


@for_each("name", ["png", "jpeg"])
@for_each("slash", ["/", "\\/"])
def test_a_picture_written_out_in_a_document_goes_and_leaves_it_whole(name: str, slash: str) -> None:
    picture = f"data:image{slash}{name};base64,{'QUJD' * 300}{slash}{'QUJD' * 300}"
    document = '{"a": "PICTURE", "b": "Words."}'.replace("PICTURE", f'<img src=\\"{picture}\\">')
    assert json.loads(decode(document.encode())[0]) == {"a": '<img src="">', "b": "Words."}
    assert decode(b"data:image/png;base64,QUJD")[0] == "data:image/png;base64,QUJD"


@for_each(
    "bulk", ["word " * 900_000, "<br>" * 60_000, "<b>" * 5_000 + "</b>" * 5_000, "<p>word</p>" * 100_000]
)
def test_what_a_post_has_too_much_of_leaves_the_rest_of_its_page(bulk: str) -> None:
    page = without_bulk(f'<div class="post"><p>First.</p>{bulk}</div><div class="post">Last.</div>')
    assert len(page) < 310_000
    assert page.count("<") < 300
    assert page.endswith('</div><div class="post">Last.</div>')


def test_a_long_run_of_few_tags_stays_whole_on_a_page_of_many() -> None:
    page = "<p>The gate was shut.</p>" * 1_000 + "<a href='/'>x</a>" * 2_000
    assert without_bulk(page) == page


def test_of_many_pieces_as_many_are_read_as_make_up_one_document() -> None:
    assert count_readable(["<p>a</p>"] * 100) == 100
    assert count_readable(["<p>" * 4_999] * 11) == 10
    assert count_readable(["<p>" * 60_000, "<p>Good</p>"]) == 2
    assert count_readable(["a" * 1_000_000] * 9) == 4


def test_quotes_stand_apart_from_own_words_and_signatures_are_in_neither() -> None:
    tree = soup("<div>Mine.<blockquote>Theirs.<blockquote>Older.</blockquote></blockquote>And mine.</div>")
    assert own_words(tree) == ("Mine.\nAnd mine.", "Theirs.\nOlder.")
    signed = soup(
        "<div>Mine.<p class=sig>Kind regards</p><blockquote>Theirs.<p class=sig>x</p></blockquote></div>"
    )
    assert own_words(signed, dropped=".sig") == ("Mine.", "Theirs.")


@for_each(
    ("href", "address"),
    [
        ("/x", "https://town.example.org/x"), ("13#p4", "https://town.example.org/board/13#p4"),
        ("//other.example.org/y", "https://other.example.org/y"),
        ("a b", "https://town.example.org/board/a%20b"), ("javascript:alert(1)", None),
        (" java\nscript:alert(1)", None), ("data:text/html,x", None), ("mailto:a@example.org", None),
        ("http://[::1", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_addresses_are_whole_or_none(href: str | None, address: str | None) -> None:
    assert absolute(PAGE, href) == address


def test_the_base_the_next_page_and_a_pages_own_address_are_read() -> None:
    assert base_url(soup('<base href="/elsewhere/"><p>x'), PAGE) == "https://town.example.org/elsewhere/"
    assert base_url(soup('<base href="javascript:x"><p>x'), PAGE) == PAGE
    assert next_link(soup('<a rel="next" href="?page=2">'), PAGE) == PAGE + "?page=2"
    assert next_link(soup('<a rel="next" href="#top">'), PAGE) is None
    assert next_link(soup('<a class="older" href="/p/2">'), PAGE, "a.older") == "https://town.example.org/p/2"
    assert canonical_link(soup('<link rel="canonical" href="/t/1">'), PAGE) == "https://town.example.org/t/1"
    assert (
        canonical_link(soup('<meta property="og:url" content="/t/2">'), PAGE)
        == "https://town.example.org/t/2"
    )
    assert canonical_link(soup("<p>x"), PAGE) is None
    assert first_text(soup("<i></i><b> two\n words </b>"), "i", "b") == "two words"


@for_each("reference", ["&#" + "9" * 5_000 + ";", "&#x" + "f" * 5_000, "&#" + "0" * 5_000 + "65;"])
def test_a_reference_of_any_length_is_nothing(reference: str) -> None:
    assert plain(f"The gate {reference}is shut.") == "The gate is shut."
    assert plain(f"<p>The gate {reference.replace('&', '&amp;')}is shut.") != ""


@given(
    st.from_regex(markup._ABSOLUTE, fullmatch=True),
    st.sampled_from(("https://forum.example.org/a/b?c=d", "http://forum.example.org/")),
)
def test_an_ordinary_whole_address_is_what_resolving_it_would_give(href: str, base: str) -> None:
    assert absolute(base, href) == urljoin(base, href)


@given(st.text())
def test_text_that_can_be_printed_is_squashed_as_any_other(text: str) -> None:
    assert markup.squash(text) == markup.squash(f"\x01{text}")


def test_a_text_or_a_class_longer_than_any_is_cut_and_that_is_said() -> None:
    page = f"<p>{'x' * 300_000}</p><script>{'y' * 300_000}</script><p>z</p>"
    assert left_out(response(page)) == ("Texts of which only the beginning was read: 1.",)
    assert left_out(response(page[-300_030:])) == ()
    page = f"<p>x</p><div class='{'a' * 3_000_000}'>y</div><p>z</p>"
    assert len(without_bulk(page)) < 300_000
    assert without_bulk(page).endswith("<p>z</p>")


# --- a picture that stands for a letter


_EMOJI = sentences("html/emoji")
_STORY = "Parents were sent a letter on Monday, which says that lessons go on as usual this week. " * 3
_COMMENT = (
    "<rss><channel><title>Comments on: Town blog</title><item><title>By: kez</title>"
    "<link>https://blog.example.org/gate/#comment-7</link><description><![CDATA[{}]]></description>"
    "</item></channel></rss>"
)


def _words_by_each_reader(markup: str) -> set[str]:
    """The words of a paragraph, as a forum, a mail, a review or title, a feed and an article show it."""
    feed = parse_document(
        _COMMENT.format(markup).encode(), PAGE, kind="feed", fetched_at=response("").fetched_at
    )
    story = article_text(
        response(f"<html><body><article><p>{_STORY}</p>{markup}<p>{_STORY}</p></article>")
    ).text
    said = part_quotes(markup, "").text, words_shown(markup), plain(markup), feed.mentions[0].text
    return {*said, story.splitlines()[1]}


@for_each(("by", "letter", "picture"), rows(_EMOJI["pictures that stand for a letter"]))
def test_a_picture_of_a_letter_is_the_letter_wherever_html_becomes_words(by, letter, picture) -> None:
    said = _words_by_each_reader(f"<p>Mr Lark at the gate {picture}{picture} Friday</p>")
    assert said == {f"Mr Lark at the gate {letter}{letter} Friday"}


@for_each(("what", "picture"), rows(_EMOJI["pictures that stand for none"]))
def test_any_other_picture_is_no_letter(what, picture) -> None:
    markup = f"<p>At the gate {picture} Friday</p>"
    assert plain(markup) == part_quotes(markup, "").text.partition("\n")[0] == "At the gate Friday"


def test_a_picture_of_a_letter_that_a_mail_hides_stays_hidden() -> None:
    assert words_shown('<p>Friday <img alt="🔪" style="display:none"></p>') == "Friday"


_ANYTHING = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=80)


@given(st.text(st.sampled_from("🔪🔫💣😀❤☠👩\u200d\ufe0f"), min_size=1, max_size=20), _ANYTHING, _ANYTHING)
def test_emoji_that_a_picture_says_are_read_whatever_else_it_is(alt: str, of: str, source: str) -> None:
    tag = soup("").new_tag("img", attrs={"alt": alt, "class": of, "src": source})
    markup = f"<p>Gate {tag} Friday</p>"
    assert plain(markup) == part_quotes(markup, "").text == f"Gate {alt} Friday"


@for_each("picture", ['<img class="emoji" alt=":', "<img src='/1f52a-", "<img alt='" + "🔪" * 50 + "x"])
def test_pictures_without_end_are_read_in_proportion_to_their_length(picture: str) -> None:
    with within(0.5):
        plain(picture + "a-" * 50_000 + "'>")


# --- what a program adds to a post


_WHOSE = sentences("html/whose_words")
_ADDED = rows(_WHOSE["added to a post, and quoted"])
_STORIES = rows(_WHOSE["other stories, and quoted"])
_LEFT_OUT = rows(_WHOSE["added to a post, and left out"])
_OWN = _WHOSE["somebody's own words"]
_CAKES = "Cakes on Saturday by the gate."


def _parted_by_each_reader(markup: str) -> list[tuple[str, str]]:
    """Own words and quoted, as a forum, a feed, and a page that is read by selectors show them."""
    feed = parse_document(
        _COMMENT.format(markup).encode(), PAGE, kind="feed", fetched_at=response("").fetched_at
    )
    forum, post = part_quotes(markup, ".//blockquote"), feed.mentions[0]
    return [(forum.text, forum.quoted), (post.text, post.quoted), own_words(soup(markup))]


@for_each(("what", "added"), _ADDED)
def test_a_preview_of_another_page_is_quoted(what, added) -> None:
    for own, quoted in _parted_by_each_reader(f"<p>{_CAKES}</p>{added}"):
        assert own == _CAKES
        assert "Teacher jailed in Farwick" in quoted


@for_each(("what", "added"), _STORIES)
def test_a_link_to_another_story_within_a_text_is_quoted(what, added) -> None:
    for own, quoted in _parted_by_each_reader(f"<p>{_CAKES}</p>{added}")[:2]:
        assert own == _CAKES
        assert "Teacher jailed in Farwick" in quoted


@for_each(("what", "added"), _LEFT_OUT)
def test_what_counts_names_a_file_or_signs_is_left_out(what, added) -> None:
    read = _parted_by_each_reader(f"<p>{_CAKES}</p>{added}")
    assert read[:2] == [(_CAKES, ""), (_CAKES, "")]
    assert read[2] == (_CAKES, "") or what.startswith("WordPress")  # its footer is known by its links


@given(
    st.lists(st.sampled_from(_OWN), min_size=1, max_size=6), st.sampled_from(_ADDED + _STORIES + _LEFT_OUT)
)
def test_nothing_that_somebody_wrote_is_lost_whatever_is_added(said, added) -> None:
    markup = "".join(f"<p>{one}</p>" for one in said) + added[1]
    own = "\n".join(map(plain, said))
    assert [part[0] for part in _parted_by_each_reader(markup)[:2]] == [own, own]


@for_each(
    "piece",
    ["<div><h3>Read more</h3><div><a>x</a>", "submitted by a to ", "<p>The post <a>x</a>", "1 likes "],
)
def test_what_a_program_adds_without_end_is_read_in_proportion_to_its_length(piece: str) -> None:
    part_quotes(piece, "")
    with within(1.0):
        part_quotes(piece * (150_000 // len(piece)), "")


# --- in which encoding a document is: declared, no encoding of the web, guessed


_PYTHON_KNOWS = sorted(module.name for module in pkgutil.iter_modules(python_encodings.__path__))
_NOT_OF_THE_WEB = ("punycode", "idna", "utf-7", "hex", "rot13", "unicode_escape", "undefined", "uu", "zlib")
_SCRIPTS = {
    "euc-jp": "学校の保護者会は来週の金曜日に開かれます。給食の件についてお知らせします。",
    "shift_jis": "学校の保護者会は来週の金曜日に開かれます。給食の件についてお知らせします。",
    "koi8-r": "Родительское собрание в школе пройдёт в пятницу. В столовой опять холодно.",
    "windows-1251": "Родительское собрание в школе пройдёт в пятницу. В столовой холодно.",
    "gb2312": "学校的家长会将于下周五举行。老师们非常努力，但是食堂的饭菜又凉了。",
    "big5": "學校的家長會將於下週五舉行。老師們非常努力，但是食堂的飯菜又涼了。",
    "euc-kr": "학교 학부모 모임은 다음 주 금요일에 열립니다. 급식이 또 차갑습니다.",
    "tis-620": "การประชุมผู้ปกครองของโรงเรียนจะจัดขึ้นในวันศุกร์หน้า ครูทำงานหนักมากแต่อาหารกลางวันเย็นอีกแล้ว",
    "windows-1255": "אספת ההורים בבית הספר תתקיים ביום שישי הבא. המורים מתאמצים מאוד, אבל האוכל שוב קר.",
    "windows-1256": "سيعقد اجتماع أولياء الأمور في المدرسة يوم الجمعة القادم.",
    "windows-1253": "Η συνάντηση γονέων στο σχολείο θα γίνει την επόμενη Παρασκευή.",
}
_OURS = (
    "The head’s letter says “no phones” – and lunch is £2.65… again",
    "£££ for a café trip?!",
    "“…”",
    "“Quote” … ‘single’ – “another”",
    "naïve café façade — “…” ‘…’ €5 £3 ½ °C",
    "Môr â thân, sêr y nos, cân, gwên, ffôn symudol – £5",
    "Mae’r ysgol yn cau’n gynnar ddydd Gwener",
    "L’école a été fermée à cause de la grève, les élèves étaient déçus.",
    "Die Schüler möchten größere Räume für die Übungen.",
    "££££££££££££££££££££££££££££££££££££££££££££££££££££££££££££",
)
_FEED = '<rss version="2.0"><channel><title>News</title><item><title>{}</title></item></channel></rss>'


def _read(body: bytes) -> tuple[list[str], tuple[str, ...]]:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    page = parse_document(body, "https://town.example.org/feed", kind="feed", fetched_at=at)
    return [mention.title for mention in page.mentions], page.warnings


@for_each("label", [*_NOT_OF_THE_WEB, *_PYTHON_KNOWS])
def test_every_encoding_that_python_knows_is_believed_only_where_the_web_knows_it(label: str) -> None:
    body = ("Fête " * 5_000).encode()
    with within(0.5):
        text, codec = decode(body, f"text/html; charset={label}")
    assert codec == codec_of(label) or "Fête" in text


@for_each("name", _NOT_OF_THE_WEB)
def test_what_is_no_encoding_of_the_web_is_not_believed(name: str) -> None:
    assert codec_of(name) is None
    assert decode("Fête".encode(), f"text/html; charset={name}") == ("Fête", "utf-8")
    assert decode(f'<?xml version="1.0" encoding="{name}"?>Fête'.encode())[1] == "utf-8"


@given(
    st.binary(),
    st.sampled_from(["text/xml", "text/html; charset=punycode", "text/html; charset=iso-2022-jp"]),
)
def test_no_bytes_and_no_header_stop_the_reading(body: bytes, header: str) -> None:
    assert isinstance(decode(body, header)[0], str)


@for_each("label", ["Shift_JIS", "x-sjis", " EUC-KR", "GB2312", "tis-620", "l1", "utf8", "macintosh"])
def test_labels_mean_what_they_mean_in_a_browser(label: str) -> None:
    codec = codec_of(label)
    assert codec is not None
    assert codecs.lookup(codec).name != "ascii"


@for_each("label", _SCRIPTS)
def test_a_script_that_is_declared_nowhere_is_guessed_and_said_to_be(label: str) -> None:
    titles, told = _read(_FEED.format(_SCRIPTS[label]).encode(codec_of(label) or ""))
    assert titles == [_SCRIPTS[label]]
    assert any("was guessed" in warning for warning in told)


@for_each("text", _OURS)
@for_each("times", [1, 12])
def test_english_welsh_and_their_neighbours_stay_windows_1252(text: str, times: int) -> None:
    titles, told = _read(_FEED.format(" ".join([text] * times)).encode("cp1252"))
    assert titles == [" ".join([text] * times)]
    assert not any("was guessed" in warning for warning in told)


@for_each("label", _SCRIPTS)
def test_of_a_few_letters_no_script_is_guessed(label: str) -> None:
    assert guess_encoding(_SCRIPTS[label][:10].encode(codec_of(label) or "")) is None


@for_each("label", _SCRIPTS)
def test_what_is_declared_is_believed_though_a_byte_is_broken(label: str) -> None:
    codec = codec_of(label) or ""
    body = f'<?xml version="1.0" encoding="{label}"?>{_SCRIPTS[label]}\n'.encode(codec) + b"\xff\xff<"
    text, found = decode(body)
    assert found == codec
    assert _SCRIPTS[label][:20] in text
