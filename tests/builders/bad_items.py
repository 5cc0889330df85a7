"""Entries and posts as they should not be: what stands in one of them must not cost another.

Each is a piece of a document in its own notation, with nothing of a good entry's words.
"""

from __future__ import annotations

import json

from hypothesis import strategies as st

_ENDLESS = "&#" + "9" * 5_000 + ";"
_REFERENCES = (
    *(_ENDLESS, _ENDLESS.replace("&", "&amp;"), _ENDLESS.replace("&", "&amp;amp;")),
    *("&#55357;&#56832;", "&#55357;", "&#xDFFF;", "&#x110000;", "&#11111111111;", "&#11;", "&#xb;", "&#0;"),
    *(
        "&#65534;",
        "&#xFFFF;",
        "&#xFFFFFFFFFFFF;",
        "&#1;&#2;&#3;",
        "&#",
        "&#x;",
        "&",
        "&nosuch;",
        "&&#11;#11;",
    ),
)
_CONTROLS = ("\x00", "\x01", "\x08", "\x0b", "\x0c", "\x1f", "\x7f", "\x9f", "\ufffe", "\uffff", "\ufeff")
_WORDS = (
    *("Please log in to continue", "Your request was blocked", "Access denied", "Just a moment...", "404"),
    *("Verify you are human", "You have been banned", "<html>", "<body>", "<header>", "<head>", "captcha"),
)
_FLOOD = "<x {}>".format(" ".join(f"a{n}=1" for n in range(2_000)))
_MARKUP = (
    *("<html><body>Log in</body></html>", "<form id='challenge-form'>", "<script>alert(1)", "<a|b>x</a|b>"),
    *(
        "<o:p class=x>y</o:p>",
        "<b><i>x</b></i>",
        "<p",
        "</div></div>",
        "<!-- x",
        "<![CDATA[ x",
        "]]>",
        "<style>",
    ),
    *(
        "<plaintext>",
        "<textarea>",
        "<title>",
        "<noscript>",
        "<iframe>",
        "<svg><title>",
        "<table><tr><td>x</table>",
    ),
    *(_FLOOD, "<" * 500, ">" * 500, "<b>" * 2_000),
    *('<p title="', "<p title='", "<p title=x>y>z", "<a href='javascript:x'>", "<base href='http://[::1'>"),
)
_DATES = ("", "yesterday-ish", "99/99/9999", "31 Feb 2026", "0000-00-00T00:00:00Z", "1e309", "-1", "9" * 400)
_ADDRESSES = ("", "http://", "http://[::1", "javascript:alert(1)", "//", "http://a b/", "\x00", "http://é/%")

_XML = (
    *("<title>x", "<description><![CDATA[oops</description>", "<title><![CDATA[oops</title>", "</title>"),
    *("<!-- never closed", "<description>a < b</description>", "<description>a & b</description>", "<1>"),
    *(
        "<guid>",
        "<item><title>within</title></item>",
        "<entry><title>within</title></entry>",
        "<item/>",
        "<a:b/>",
    ),
    *(
        "</channel>",
        "</rss>",
        "</feed>",
        "<?php echo",
        "<?xml version='1.0'?>",
        "<!DOCTYPE x>",
        "<!ENTITY a 'b'>",
    ),
    *(
        "<media:content/>",
        "<title type='xhtml'><div>x</title>",
        "<content type='application/xml'><x></content>",
    ),
    *("<link/>", "<link>", "<author>", "<dc:date>x</dc:date>", "<id>", "<category", "<title a=1>x</title>"),
)


def _texts(extra: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    bits = st.sampled_from((*_REFERENCES, *_CONTROLS, *_WORDS, *_MARKUP, *extra))
    return st.lists(bits, min_size=1, max_size=4).map(" ".join)


def _escaped(text: str) -> str:
    return text.replace("<", "&lt;")


def _date_element(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from(_DATES).map(lambda when: f"<{name}>{when}</{name}>")


def bad_xml() -> st.SearchStrategy[str]:
    """What stands inside an `<item>` or `<entry>` that is broken."""
    return st.one_of(
        st.sampled_from(_XML),
        _texts().map(lambda said: f"<title>{_escaped(said)}</title>"),
        _texts().map(lambda said: f"<description>{said}</description>"),
        _texts().map(lambda said: f"<description><![CDATA[{said}]]></description>"),
        _texts().map(lambda said: f"<content type='html'>{_escaped(said)}</content>"),
        _texts(_XML),
        _date_element("pubDate"),
        _date_element("updated"),
        st.sampled_from(_ADDRESSES).map(lambda address: f"<link>{address}</link><link href='{address}'/>"),
    )


def bad_json() -> st.SearchStrategy[str]:
    """A member of a JSON feed's `items` that is broken, as it stands in the document."""
    values = st.one_of(
        _texts(), st.none(), st.integers(), st.floats(), st.lists(st.text(max_size=3), max_size=3),
        st.sampled_from((10**400, {"a": {}}, True, "\ud83d", "\ud83d\ude00", *_DATES, *_ADDRESSES)),
    )  # fmt: skip
    names = (
        "id",
        "url",
        "external_url",
        "title",
        "content_html",
        "content_text",
        "summary",
        "date_published",
    )
    items = st.dictionaries(st.sampled_from((*names, "authors", "author")), values, max_size=4).map(_dumped)
    broken = (
        '{"title": "a "quoted" word"}',
        '{"title": "x"',
        '{"id": 1,}',
        "{id: 1}",
        '{"title": "x\ny"}',
        "}",
        "]",
    )
    odd = (
        "null",
        "[]",
        '"x"',
        "NaN",
        "[" * 5_000,
        "9" * 5_000,
        '{"title": "\\ud83d"}',
        '{"title": "\\x"}',
        "{}",
        "",
    )
    return st.one_of(items, st.sampled_from((*broken, *odd)))


def _dumped(item: dict[str, object]) -> str:
    try:
        return json.dumps(item)
    except ValueError:  # a number of more digits than Python writes
        return "{}"


_POSTED = (
    *(
        "<b><i>x</b></i>",
        "<o:p class=x>y</o:p>",
        "<a|b>x</a|b>",
        "<b>" * 300,
        "<p>one<p>two",
        "<table><tr><td>x</table>",
    ),
    *("<form id='challenge-form'></form>", "<svg><title>x</title></svg>", "<a href='javascript:x'>y</a>"),
    *(
        "<p title='a > b'>x</p>",
        "<base href='http://[::1'>",
        _FLOOD,
    ),
    *(
        "<blockquote><blockquote>x",
        "<script>alert(1)</script>",
        "<style>p{}</style>",
        "<!-- x -->",
        "<br/><hr>",
    ),
)


def bad_html() -> st.SearchStrategy[str]:
    """What a post holds that its forum let through: odd words and references, markup that ends with the post.

    No forum lets one post open a comment or a script for the others, and no reader could undo that.
    """
    bits = st.sampled_from((*_REFERENCES, *_CONTROLS, *map(_escaped, (*_WORDS, *_MARKUP)), *_POSTED))
    return st.lists(bits, min_size=1, max_size=4).map(" ".join)
