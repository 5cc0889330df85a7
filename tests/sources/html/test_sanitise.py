"""The one door before every parser: what comes through is legal, closed, and little enough to be read."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from conformance import FIXTURES
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree, html
from support.for_each import for_each
from support.processor import within

from data.types import Mention, MentionKind, Page, Response, Source
from sources.html.dom import (
    NAMESPACES,
    at_any_depth,
    find,
    first_node_text,
    plain_text,
    plain_xpath,
    split_quotes,
    take_out,
)
from sources.html.markup import close_markup, plain, soup
from sources.html.parsers import parse_html, parse_json, parse_soup, parse_xml
from sources.html.sanitise import clean, clean_mention, sanitise_document, sanitise_json, separate
from sources.html.schema_org import SchemaOrg, schema_org
from sources.registry import collector
from sources.threads import forum_software

_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PIECES = st.sampled_from(
    [
        *("&", "#", "x", "1", "11", ";", "&#11;", "&#xB", "&#55357;", "&#56832;", "&#xD83D;&#xDE00;"),
        *("&#x110000;", "&#11111111111;", "&#65534;", "&#0;", "&#146;", "\x0b", "\x00", "\ufffe"),
        *("\ud83d", "\ude00", "\ufeff", "<p>", "</p>", "<i ", 'a="', '"', "'", ">", "school", "é", "😀"),
        *("<!--", "-->", "<![CDATA[", "]]>", "\r"),
    ]
)
_MARKUP = st.lists(_PIECES, max_size=30).map("".join)


@for_each(
    ("written", "read"),
    [
        ("Great &#55357;&#56832; day", "Great 😀 day"),
        ("Great &#xD83D;&#xDE00; day", "Great 😀 day"),
        ("One &#55357; half", "One  half"),
        ("&#56832;&#55357; turned", " turned"),
        ("A&#x110000;b&#11111111111;c", "Abc"),
        ("A&#11;b&#xb;c&#11 d\x0be", "Abc de"),
        ("A&#xFFFE;b\ufffec&#65535;d", "Abcd"),
        ("The head&#146;s words", "The head’s words"),
        ("It&#39;s &#8364;5&#13;", "It&#39;s &#8364;5&#13;"),
        ("Caf&#233;&#0;&#101;", "Caf&#233;&#101;"),
    ],
)
def test_what_is_no_character_is_taken_out_and_halves_are_joined(written: str, read: str) -> None:
    assert (
        html.fromstring(f"<p>{clean(sanitise_document(written))}</p>").text
        == html.fromstring(f"<p>{read}</p>").text
    )


@given(_MARKUP)
@example("&#5&#11;5357;")
@example('<i a="\x0b&#11;"><b>x</b></i>tail&#11;')
def test_every_tree_of_what_came_through_can_be_rewritten(text: str) -> None:
    for root in (parse_html(text), parse_xml(f"<r>{text}</r>")):
        for element in [] if root is None else list(root.iter("*")):
            assert not _ILLEGAL.search("".join(element.itertext()))
            take_out(element)
    assert not _ILLEGAL.search(parse_soup(text).get_text())


@given(_MARKUP)
def test_what_came_through_once_comes_through_as_it_is_and_quotes_can_be_taken_out(text: str) -> None:
    root = parse_html(f"<div><blockquote>{text}</blockquote>{text}<i>{text}</i></div>")
    assert root is not None
    split_quotes(root, ".//blockquote", ".//i")
    once = clean(sanitise_document(text))
    assert clean(sanitise_document(once)) == clean(once)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff&<")))
def test_ordinary_words_stay(text: str) -> None:
    assert re.sub(r"\s+", " ", sanitise_document(text)) == re.sub(r"\s+", " ", text)


# ----------------------------------------------------------------------------- attributes

_MANY = 20_000
_FAR = " " * 40
_FLOODS = {
    "names": "<p {}>".format(" ".join(f"a{n}" for n in range(_MANY))),
    "names without blanks": "<p {}>".format("/".join(f"a{n}" for n in range(_MANY))),
    "values": "<p {}>".format(" ".join(f'a{n}="x"' for n in range(_MANY))),
    "values that seem to end the tag": "<p {}>".format(" ".join(f'a{n}=">"' for n in range(_MANY))),
    "far apart": "<p {}>".format((" " * 60).join(f"a{n}" for n in range(_MANY // 5))),
    "far from their values": "<p {}>".format(" ".join(f'a{n}{_FAR}={_FAR}">"' for n in range(_MANY // 9))),
    "behind a comment": '<!-- <a b=" --><p {}>'.format(" ".join(f"a{n}" for n in range(_MANY))),
    "in a script": "<script><p {}></script>".format(" ".join(f"a{n}" for n in range(_MANY))),
    "behind a script": "<script></script x><p {}>".format(" ".join(f"a{n}" for n in range(_MANY))),
    "of an unclosed tag": "<p {}".format(" ".join(f"a{n}" for n in range(_MANY))),
    "with an open quote": '<p {} b="'.format(" ".join(f"a{n}" for n in range(_MANY))),
    "with brackets in their names": "<p {}>".format(" ".join(f"a{n}<b" for n in range(_MANY))),
    "of an XML name": "<é {}>".format(" ".join(f'a{n}="x"' for n in range(_MANY))),
    "many tags": "<p a >" * 8_000 + "<p {}>".format(" ".join(f"a{n}" for n in range(_MANY))),
    "tags in a value": '<p a="{}">'.format("<b c " * 8_000),
    "tags in a row": "<a " * 8_000,
    "quotes in a row": '<a b="' * 8_000,
    "both quotes in a row": "<a b=\"<c d='" * 4_000,
    "blanks": "<a " * 8_000 + " " * 500_000,
    "slashes": "<a" + "/" * 500_000,
    "equal signs": "<a " + "=" * 500_000,
    "references": "&#1;" * 100_000,
    "one reference": "&#" + "9" * 500_000 + ";",
    "scripts": "<script json " * 8_000,
}


@for_each("name", _FLOODS)
def test_no_flood_of_attributes_keeps_any_parser_busy(name: str) -> None:
    with within(2):
        root = parse_html(_FLOODS[name])
        parse_soup(_FLOODS[name])
        parse_xml(_FLOODS[name])
    assert root is None or max(len(element.attrib) for element in root.iter("*")) <= 201


def test_after_a_flood_or_a_long_script_all_others_are_read_and_two_hundred_attributes_are_kept() -> None:
    flood = _FLOODS["values that seem to end the tag"]
    root = parse_html(f"<div><p>Before.</p>{flood}Between.</p><p class=x title='a > b'>After.</p></div>")
    assert [p.text for p in root.iter("p")] == ["Before.", "Between.", "After."]
    root = parse_html("<p {}>x".format(" ".join(f'a{n}="{n} > 1"' for n in range(200))))
    assert len(next(root.iter("p")).attrib) == 200
    script = "for(i=0;i<n;i++){ " + "a = b + 'c'; " * 900 + "if (j <k && l) m() } "
    tree = BeautifulSoup(sanitise_document(f"<p>One.</p><script>{script}</script><p>Two.</p>"), "lxml")
    assert [p.text for p in tree.select("p")] == ["One.", "Two."]
    said = "My son is in year 3 <b and " + "then " * 900
    data = json.dumps({"text": said})
    root = parse_html(f'<script type="application/ld+json">{data}</script><p>Two.</p>')
    assert json.loads(next(root.iter("script")).text) == {"text": said}
    assert next(root.iter("p")).text == "Two."


# ----------------------------------------------------------------------------------- JSON
@for_each(
    ("written", "read"),
    [
        (r'"a\ud83d\ude00b"', "a😀b"), (r'"a\ud83db"', "ab"), (r'"a\ude00b\u0000\u000b\ufffe"', "ab"),
        (r'"a\\ud83d\n\u0041"', "a\\ud83d\nA"), ('"a\x0bb\x00"', "ab"),
        ("[NaN, Infinity, 1]", [None, None, 1]), (f"[{'9' * 5000}, 2]", [None, 2]),
    ],
)  # fmt: skip
def test_of_a_json_document_only_what_nobody_can_hold_is_lost(written: str, read: object) -> None:
    assert parse_json(written) == read


@given(st.text())
def test_strings_of_a_json_document_hold_no_half_characters(text: str) -> None:
    assert not _ILLEGAL.search(parse_json(json.dumps(text)))
    assert json.loads(sanitise_json(json.dumps(text))) is not None


@for_each("text", ["[" * 200_000, "{", "", "[1,", '{"a":}'])
def test_damaged_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_json(text)


def test_nothing_that_a_document_names_is_looked_up_or_left_behind_as_a_reference() -> None:
    root = parse_xml('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]><r>&x;</r>')
    assert root is None or "".join(root.itertext()) in ("", "&x;")
    assert plain("&&#11;#55357; <b>x</b>") == "&#55357; x"
    page = "<div>x</body></html></div><div>y</div></body></html>"
    assert close_markup(page) == "<div>x&lt;/body>&lt;/html></div><div>y</div></body></html>"


# ------------------------------ what every collector gives can be stored


_NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
_BAD = "\ud800\x00\x1b[31m\x85\ufeff"
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def _topic() -> str:
    post = {"id": 1, "post_number": 1, "username": f"ann{_BAD}", "cooked": f"<p>x{_BAD}</p>"}
    post["created_at"] = "2026-11-08T09:10:00Z"
    topic = {"id": 12, "slug": f"gate{_BAD}", "title": f"Gate{_BAD}"}
    return json.dumps({**topic, "post_stream": {"posts": [post], "stream": [1, 2]}})


def _review() -> str:
    review = {"@type": "Review", "author": f"ann{_BAD}", "name": f"Gate{_BAD}", "reviewBody": f"x{_BAD}"}
    return f'<script type="application/ld+json">{json.dumps(review)}</script>'


def _netmums() -> str:
    post = {"id": "1", "content": f"x{_BAD}", "user": {"userName": f"ann{_BAD}"}}
    thread = {"subject": f"Gate{_BAD}", "baseThreadSlug": f"a/3c5c944d-g{_BAD}", "pagePosts": [post]}
    state = {"initialReduxState": {"currentThread": {"currentThread": thread}}}
    data = json.dumps({"props": {"pageProps": state}})
    return f'<script id="__NEXT_DATA__" type="application/json">{data}</script>'


def _feed() -> str:
    item = {"id": "1", "title": f"Gate{_BAD}", "content_text": f"x{_BAD}", "url": "https://a.example.org/1"}
    item["authors"] = [{"name": f"ann{_BAD}"}]  # type: ignore[assignment]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]})


def _trustpilot() -> str:
    review = {"id": "1", "title": f"Gate{_BAD}", "text": f"x{_BAD}", "stars": 2}
    review["consumer"] = {"displayName": f"ann{_BAD}"}
    return json.dumps([review])


DOCUMENTS = {
    "forum.discourse": _topic(),
    "reviews.schema_org": _review(),
    "reviews.trustpilot": _trustpilot(),
    "forum.generic": _netmums(),
    "feed": _feed(),
}


@for_each("kind", DOCUMENTS)
def test_whatever_a_document_holds_its_mentions_can_be_stored(kind: str) -> None:
    response = Response("https://a.example.org/t/12", 200, (), DOCUMENTS[kind].encode(), _NOW)
    page = collector(kind).parse(Source("s", kind, response.url), response)
    (mention,) = page.mentions
    said = (mention.url, mention.title, mention.text, mention.quoted, mention.author or "")
    assert not [text for text in said if _UNSTORABLE.search(text)]
    assert mention.author == "ann[31m"
    assert page.next is None or not _UNSTORABLE.search(page.next.url)


def test_of_a_mention_no_more_is_kept_than_can_be_and_the_rest_is_handed_on() -> None:
    assert clean("a\r\nb\rc\td\x00") == "a\nb\nc\td"
    bare = Mention("1", "https://a.example.org", "blog", MentionKind.POST, "", "", _NOW, author="\x00 ")
    assert clean_mention(bare).author is None
    long = "wrd " * 1_000_000
    mention = Mention(
        "a", "https://a.example.org/", "blog", MentionKind.POST, long, long, _NOW, quoted=long, author=long
    )
    found = clean_mention(mention)
    assert [len(text) for text in (found.text, found.quoted)] == [200_000, 200_000]
    assert [len(text or "") for text in (found.title, found.author)] == [1_000, 999]
    assert mention.text.startswith(found.text)
    mention = Mention("1", "https://a.example.org/1", "blog", MentionKind.POST, "Gate", "It is shut.", _NOW)
    assert clean_mention(mention) is mention
    assert clean_mention(replace(mention, author="")).author is None
    assert clean_mention(replace(mention, title="Gate\x01")).title == "Gate"


# ---------------------------------------------------- posts within posts
def _parents(node: Any) -> Iterator[Any]:
    yield from node.iterancestors()


def _nodes(markup: str) -> list[Any]:
    return find(parse_html(markup), "//b")


def test_of_posts_within_posts_the_first_five_and_of_too_many_the_first_are_read() -> None:
    nodes = _nodes("<p><b>1</b><b>2</b></p><b>3</b>")
    assert separate(nodes, _parents) == (nodes, ())
    nodes = _nodes("<div><b>" * 7 + "x" + "</b></div>" * 7 + "<b>y</b>")
    assert separate(nodes, _parents)[0] == [*nodes[:5], nodes[7]]
    nodes = _nodes("<p>" + "<b>x</b>" * 6_000)
    kept, told = separate(nodes, _parents)
    assert kept == nodes[:5_000]
    assert told == ("Of 6000 posts or reviews on the page the first 5000 are read.",)


_POSTS = {
    "forum.phpbb": ('<div class="postbody"><div class="content">', {}),
    "forum.vbulletin": ('<div id="post_message_1">', {}),
    "forum.schema_org": ('<div itemtype="/Comment"><div itemprop="text">', {}),
    "forum.generic": ('<div class="p">', {"post": ".p", "text": ".p"}),
    "reviews.generic": ('<div class="p"><b>x</b>', {"item": ".p", "text": "b"}),
}


@for_each("kind", _POSTS)
def test_posts_nested_at_will_cost_little(kind: str) -> None:
    opening, settings = _POSTS[kind]
    url = "https://town.example.org/viewtopic.php?t=12"
    response = Response(url, 200, (), (opening * 1_000 + "x").encode(), datetime(2026, 11, 17, tzinfo=UTC))
    with within(2):
        collector(kind).parse(Source("s", kind, url, settings=settings), response)


def test_what_is_nested_deeper_than_a_browser_would_stands_in_its_order() -> None:
    root = parse_html("<div>" * 254 + "a<b>1<i>2<u>3</u>4</i><!--c-->5<s>6</s>7</b>8")
    assert [element.tag for element in root.iter("*")][-5:] == ["div", "b", "i", "u", "s"]
    assert {element.getparent().tag for element in root.iter("i", "u", "s")} == {"div"}
    assert root.text_content() == "a12345678"


# ------------------------------ what one post leaves open hides no other


_POST = "<div class='postbody'><p><a class='username'>Jo</a></p><div class='content'>{}</div></div>"
_OPEN = {
    "comment": "<!-- x", "comment before another": "<!-- x <!-- y", "title": "<title>x",
    "text area": "<TEXTAREA rows=2>x", "script": "<script>x", "value": "<a href='x>y</a>",
    "value in other quotes": '<a href="x>y</a>',
}  # fmt: skip
_SELECTORS = {"post": ".postbody", "text": ".content", "author": ".username"}


def _page(kind: str, bad: str, settings: dict[str, object]) -> Page:
    posts = "".join(map(_POST.format, (bad, "The gate was shut.", "For an hour.")))
    body = f"<html><body>{posts}<!-- end --></body></html>"
    url = "https://town.example.org/viewtopic.php?t=12"
    response = Response(url, 200, (), body.encode(), datetime(2026, 11, 17, tzinfo=UTC))
    return collector(kind).parse(Source("s", kind, url, settings=settings), response)


@for_each(("kind", "settings"), [("forum.phpbb", {}), ("forum.generic", _SELECTORS)])
@for_each("bad", _OPEN)
def test_what_a_post_leaves_open_hides_no_other(bad: str, kind: str, settings: dict[str, object]) -> None:
    said = [mention.text for mention in _page(kind, _OPEN[bad], settings).mentions]
    assert len(said) == 3
    assert said[1:] == ["The gate was shut.", "For an hour."]


@for_each(
    "page",
    [
        "<div><!-- </div><div class='old'> --><p>x</p></div>",
        "<div><!--[if IE]><!--><p>x</p><!--<![endif]--></div>",
        "<div data-shown='<div><b>x</b></div><div>y</div>'>z</div>",
        "<script>w('<!-- <script></div><div>')</script><div>x</div>",
        "<svg><title>Close</title></svg><div><title>Menu</title></div><div>x</div>",
        "<div>x</div></body></html><!-- took 3 ms -->",
    ],
)
def test_an_ordinary_page_is_left_as_it_is(page: str) -> None:
    assert close_markup(page) == page


@for_each("flood", ["<!--", "<title>", "</html>", "<a b='<", "<a b='</div><div>", "<!-- </div><div>"])
def test_openings_without_end_cost_little(flood: str) -> None:
    page = flood * (1_000_000 // len(flood))
    with within(1):
        close_markup(page)


# ----------------------------------------- plain text, quotes and declared items out of parsed HTML
def _text(markup: str) -> str:
    document = parse_html(f"<div>{markup}</div>")
    assert document is not None
    return plain_text(document)


def test_text_is_read_in_lines_without_scripts_and_cells_do_not_run_together() -> None:
    assert _text("<p>One</p><p>Two<br>Three</p><ul><li>Four</li></ul>") == "One\nTwo\nThree\nFour"
    assert _text("Is<!-- --> <!-- -->it <b>so</b>ld?") == "Is it sold?"
    assert _text("<pre>a\n  b</pre>") == "a\nb"
    assert _text("a<script>b</script><style>c</style><form>d</form><!-- e -->f") == "af"
    assert _text("<table><tr><td>a</td><td>b</td></tr></table>") == "a b"


def test_of_nested_quotes_the_outermost_is_taken_and_whether_the_post_begins_with_it_is_said() -> None:
    body = parse_html("<p>Before</p><blockquote>x<blockquote>y</blockquote></blockquote>After <sup>sig</sup>")
    assert body is not None
    assert split_quotes(body, ".//blockquote", ".//sup") == ("Before\nAfter", "x\ny", False)
    body = parse_html("<div><blockquote>They said so.</blockquote>I do not think so.</div>")
    assert body is not None
    assert split_quotes(body, ".//blockquote", "") == ("I do not think so.", "They said so.", True)


def test_taking_out_keeps_what_follows_and_the_first_path_that_has_text_wins() -> None:
    document = parse_html("<div id='d'>a<b>x</b>c<i>y</i>d</div>")
    for element in document.xpath("//b | //i"):
        take_out(element)
    assert plain_text(document).split() == ["a", "c", "d"]
    document = parse_html("<i> </i><time datetime='2026'>shown</time>")
    assert document is not None
    assert first_node_text(document, "//i", "//time/@datetime", "//time") == "2026"
    assert first_node_text(document, "//i") == ""


def _paths() -> list[str]:
    """Every path of every shape of a forum."""
    shapes = [shape for software in forum_software().values() for shape in software.shapes]
    given = [getattr(shape, f.name) for shape in shapes for f in fields(shape)]
    flat = [p for one in given for p in (one if isinstance(one, tuple) else (one,))]
    return sorted({plain_xpath(p) for p in flat if isinstance(p, str) and "//" in p})


def test_a_path_finds_the_same_at_any_depth_whichever_way_it_is_written():
    paths = [path for path in _paths() if at_any_depth(path) != path]
    assert len(paths) > 100
    for file in sorted((FIXTURES / "forums").rglob("*.html")):
        root = parse_html(file.read_text(encoding="utf-8", errors="replace"))
        for path in paths:
            assert find(root, path) == etree.XPath(path, namespaces=NAMESPACES)(root), (file.name, path)


@for_each(
    ("path", "same"),
    [
        ("//div[a]//p", "/descendant::div[a]/descendant::p"),
        (".//td//text()[normalize-space()][1]", "./descendant::td//text()[normalize-space()][1]"),
        ("//a[contains(.,'//b')]/@href", "/descendant::a[contains(.,'//b')]/@href"),
        ("//*/@itemtype", "/descendant::*/@itemtype"),
        ("//li[p[last()]]", "//li[p[last()]]"),
        ("//*[.//time]//a | //b", "/descendant::*[./descendant::time]/descendant::a | /descendant::b"),
    ],
)
def test_a_place_within_its_parent_is_not_a_place_in_the_document(path, same):
    assert at_any_depth(path) == same


def test_elements_within_each_other_do_not_cost_the_cube_of_their_depth():
    path = "//div[class(blockpost)]//div[class(postmsg)]"

    def cost(depth: int) -> float:
        root = parse_html("<ul class='blockpost'>" + "<div class='blockpost'><p>x</p><p>x</p>" * depth)
        began = time.process_time()
        assert find(root, path) == []
        return time.process_time() - began

    least = min(cost(500) for _ in range(3))
    assert any(cost(2_000) < 48 * least for _ in range(8))  # others at work cost it up to twice


@for_each("path", ["//i//b", ".//i//b", ".//i//u//b | .//u[.//i//b]", ".//i[1]//b", ".//i//u/b"])
def test_an_element_around_the_one_that_is_searched_does_not_count(path):
    root = parse_html("<i><u><b>1</b><i><b>2</b><u><b>3</b></u></i></u></i><b>4</b>")
    for element in root.iter():
        assert find(element, path) == etree.XPath(path)(element), element


@for_each("path", ["//div[@data-post]//*[@title]", ".//div[@data-post]//*[@title]"])
def test_posts_that_each_hold_the_next_are_searched_once(path):
    root = parse_html("<p>" + "<div data-post='1'><p>x</p>" * 3_000)
    with within(0.2):
        assert find(root, path) == []


# -------------------------- schema.org items, from JSON-LD and microdata


PAGE = "https://a.example.org/"


def linked(*blocks: str) -> SchemaOrg:
    scripts = "".join(f'<script type="application/ld+json">{block}</script>' for block in blocks)
    return schema_org(soup(scripts), PAGE)


def test_graphs_lists_wrappings_and_raw_line_ends_are_read_and_damage_is_counted() -> None:
    found = linked(
        '{"@graph":[{"@type":"A"},{"@type":"B"}]}', '[{"@type":"C"}]', '{"@type":"http://schema.org/D"}'
    )
    assert [sorted(item.types) for item in found.items] == [["A"], ["B"], ["C"], ["D"]]
    found = linked(
        '<!-- {"@type":"A"} -->', '//<![CDATA[\n{"@type":"B","name":"x\ny"}\n//]]>', '{"@type":"C"};'
    )
    assert [sorted(item.types) for item in found.items] == [["A"], ["B"], ["C"]]
    assert found.damaged == 0
    found = linked('{"@type":"A"', '{"@type":"B"}')
    assert found.damaged == 1
    assert len(found.items) == 1
    found = linked('{"@type":"A"}', "[" + "{}," * 20_000 + "{}]")
    assert (len(found.items), found.damaged) == (1, 1)


def test_references_are_followed_once_and_never_in_a_circle() -> None:
    found = linked(
        '[{"@id":"#a","@type":"A","b":{"@id":"#b"}},{"@id":"#b","@type":"B","name":"Bee","a":{"@id":"#a"}}]'
    )
    assert found.items[0].text("b") == "Bee"
    assert len(list(found.walk())) < 20
    doubling = [
        {"@id": f"#{n}", "@type": "A", "a": {"@id": f"#{n + 1}"}, "b": [{"@id": f"#{n + 1}"}]}
        for n in range(60)
    ]
    with within(2):
        assert len(list(linked(json.dumps(doubling)).walk())) < 70
    assert linked('[{"@id":"#a","name":{"@id":"#a"}}]').items[0].text("name") == ""


def test_reviews_that_point_to_their_school_and_back_are_each_one() -> None:
    numbers = range(300)
    school = {"@id": "#s", "@type": "School", "name": "S", "review": [{"@id": f"#{n}"} for n in numbers]}
    reviews = [{"@id": f"#{n}", "@type": "Review", "itemReviewed": {"@id": "#s"}} for n in numbers]
    with within(2):
        found = list(linked(json.dumps([*reviews, school])).walk())
    assert len([item for item in found if item.has_type("Review")]) == 300
    assert {item.text("itemReviewed") for item in found if item.has_type("Review")} == {"S"}


REVIEW = {"@type": "Review", "reviewBody": "Loud bell."}
WREN = {"@id": "#w", "@type": "Person", "name": "Wren"}
BY_WREN = {**REVIEW, "author": {"@id": "#w"}}


@for_each(
    "blocks",
    [
        [[BY_WREN, WREN]],
        [[BY_WREN], [WREN]],
        [[{**REVIEW, "author": {"@id": "#w", "@type": "Person"}}, WREN]],
        [[BY_WREN, {**WREN, "@id": f"{PAGE}#w", "@type": ["Person", "Author"]}]],
        [[{**REVIEW, "author": {"@id": f"{PAGE}#w"}}, WREN]],
        [[WREN, BY_WREN, {"@id": "#w", "@type": "Person"}]],
        [[{"@type": "Article", "author": WREN}, BY_WREN]],
        [{"@type": "WebPage", "@graph": [BY_WREN, WREN]}],
        [{"@type": "School", "@included": [{**REVIEW, "author": {"@set": [WREN]}}]}],
        [[{**REVIEW, "@id": "#r"}], [{"@id": "#r", "author": WREN}]],
    ],
)
def test_what_stands_elsewhere_under_its_id_is_said_of_a_thing(blocks) -> None:
    found = [item for item in linked(*map(json.dumps, blocks)).walk() if item.has_type("Review")]
    assert [(item.text("reviewBody"), item.text("author")) for item in found] == [("Loud bell.", "Wren")]


@for_each(
    "others",
    [
        [{"reviewBody": "Kind staff."}],
        [{"author": {"name": "Kit"}}, {"author": {"name": "Jo"}}],
        [{"@type": "School"}],
        [{"reviewBody": str(number)} for number in range(30)],
    ],
)
def test_things_that_deny_each_other_are_two_though_they_share_an_id(others) -> None:
    first = {**REVIEW, "@id": "#r", "author": {"name": "Wren"}}
    found = linked(json.dumps([first, *({**REVIEW, "@id": "#r", **other} for other in others)]))
    assert len(found.items) == 1 + len(others)


@for_each(
    ("beside", "refers"),
    [
        ("<i id=a itemprop=author>Wren</i>", "a"),
        ("<p id=a>by <i itemprop=author>Wren</i></p>", "a"),
        ("<b id=a itemprop=author itemscope><i itemprop=name>Wren</i></b>", "a"),
        ("<b id=a itemprop=author itemscope itemref=b></b><i id=b itemprop=name>Wren</i>", "a"),
        ("<meta id=b itemprop=datePublished content=2026><i id=a itemprop=author>Wren</i>", "b a"),
        ("<i id=a itemprop=author>Wren</i>", "none self a"),
    ],
)
def test_what_stands_outside_an_item_that_refers_to_it_is_said_of_it(beside, refers) -> None:
    item = "<div id=self itemscope itemtype='https://schema.org/Review' itemref='{}'>{}</div>"
    body = "<p itemprop=reviewBody>Loud bell.</p>"
    for page in (beside + item.format(refers, body), item.format(refers, body) + beside):
        found = [one for one in schema_org(soup(page), PAGE).walk() if one.has_type("Review")]
        assert [(one.text("reviewBody"), one.text("author")) for one in found] == [("Loud bell.", "Wren")]


@for_each(
    "page",
    [
        "<i itemscope itemref=a></i>" * 5_000 + "<p id=a itemprop=x>" + "<b itemprop=y>z</b>" * 5_000,
        "".join(f"<p id=a{n} itemprop=x itemscope itemref='a{n + 1} a{n - 1}'>" for n in range(5_000)),
        "".join(f"<i itemscope itemref=a{n}></i><p id=a{n}>" for n in range(3_000)),
    ],
)
def test_items_that_refer_to_much_or_to_each_other_cost_little(page: str) -> None:
    with within(3):
        list(schema_org(soup(page), PAGE).walk())


@for_each(
    "body",
    ['{"a":1' + " " * 200_000 + "x", '{"a":1}' + " ;" * 100_000 + "x", "//" * 100_000, "<!--" * 50_000],
)
def test_blanks_and_wrappings_without_end_cost_little(body: str) -> None:
    with within(2):
        assert linked(body).damaged == 1


def test_properties_within_properties_cost_little() -> None:
    with within(2):
        schema_org(soup("<div itemscope>" + "<i itemprop=x>" * 5_000 + "x"), PAGE)


def test_values_lists_and_numbers_become_text() -> None:
    item = linked(
        '{"@type":"A","n":4.5,"v":{"@value":"x"},"l":{"@list":["p","q"]},"none":null,"yes":true}'
    ).items[0]
    assert (item.text("n"), item.text("v"), item.properties["l"]) == ("4.5", "x", ["p", "q"])
    assert item.text("none", "yes") == ""


def test_microdata_nests_and_reads_each_value_where_it_stands() -> None:
    found = schema_org(
        soup(
            '<div itemscope itemtype="https://schema.org/Review https://schema.org/Thing">'
            '<a itemprop="url" href="/r/1">x</a>'
            '<time itemprop="datePublished" datetime="2026-01-02">then</time>'
            '<div itemprop="author" itemscope itemtype="https://schema.org/Person">'
            '<b itemprop="name">Kit</b></div>'
            '<p itemprop="reviewBody text">One<br>two</p><meta itemprop="keywords" content="k"></div>'
        ),
        PAGE,
    )
    (item,) = found.items
    assert item.types == {"Review", "Thing"}
    assert item.text("url") == "https://a.example.org/r/1"
    assert item.text("author") == "Kit"
    assert item.text("text") == item.text("reviewBody") == "One\ntwo"
    assert (item.text("datePublished"), item.text("keywords")) == ("2026-01-02", "k")


KEYS = st.sampled_from(["@type", "@id", "@graph", "@value", "@list", "review", "name"])
JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=True) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=15,
)


@given(JSON)
def test_no_json_makes_it_raise(data: object) -> None:
    found = linked(json.dumps(data).replace("<", "\\u003c"))
    assert all(isinstance(item.text("name"), str) for item in found.walk())
