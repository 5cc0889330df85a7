"""Eighty-one kinds of bad entry: too large, too deep, ill-formed, or made to look like something else.

Each is an `<item>` of RSS; `in_notation` says the same in others. `bad_xml`, `bad_json` and `bad_html` draw
such pieces in any order, each in its own notation. None holds a good entry's words.
"""

import json

from hypothesis import strategies as st

_OPEN, _SHUT = "<item>", "</item>"


def _titled(title):
    return f"<item><title>{title}</title></item>"


def _described(words):
    return f"<item><title>x</title><description>{words}</description></item>"


def _section(words):
    return _described(f"<![CDATA[{words}]]>")


def _many(tag, times):
    return f"{_OPEN}<title>x</title>{f'<{tag}>a</{tag}>' * times}{_SHUT}"


def _attributes(times):
    return " ".join(f"a{n}='1'" for n in range(times))


_DEEP = "<b>" * 40_000 + "x" + "</b>" * 40_000
_GOOD_URL = "https://town.example.org/9"
KINDS = {
    "nothing": "<item/>",
    "no title": "<item><description>x</description></item>",
    "unclosed": "<item><title>x",
    "NUL": _titled("a\0b"),
    "references to nothing": _titled("&nope; &#0; &#xD800; &#x110000;"),
    "year 9999": "<item><title>x</title><pubDate>Fri, 31 Dec 9999 23:59:59 -1400</pubDate></item>",
    "year 0": "<item><title>x</title><pubDate>0000-00-00</pubDate></item>",
    "huge year": "<item><title>x</title><pubDate>Fri, 31 Dec 99999999999 23:59:59 GMT</pubDate></item>",
    "section unclosed": _titled("<![CDATA[x"),
    "section in a section": _titled("<![CDATA[a]]]]><![CDATA[>b]]>"),
    "document type inside": _titled("<!DOCTYPE x []>y"),
    "5,000 deep": _described("<b>" * 5_000 + "x" + "</b>" * 5_000),
    "40,000 deep": _described(_DEEP),
    "40,000 deep in a section": _section("<b>" * 40_000 + "x"),
    "body in a section": _section("<body><script>1</script>"),
    "challenge in a section": _section('<html><form id="challenge-form">'),
    "log-in in a section": _section("<head></head>You must be logged in"),
    "access denied": _section("<header>Access denied at the gate</header>").replace(">x<", ">Access denied<"),
    "403": _titled("403 Forbidden"),
    "captcha": _described("complete the captcha").replace(">x<", ">Prove you are human<"),
    "feed in a feed": f"<item><rss><channel>{_titled('y')}</channel></rss></item>",
    "page": "<html><body>hi</body></html>",
    "broken link": "<item><title>x</title><link>http://[::1</link></item>",
    "script as a link": "<item><title>x</title><link>javascript:alert(1)</link></item>",
    "endless link": f"<item><title>x</title><link>https://town.example.org/{'a' * 1_000_000}</link></item>",
    "title of 3 MB": _titled("a " * 1_500_000),
    "title of 5 MB": _titled("a " * 2_500_000),
    "60,000 breaks": _section("<br>" * 60_000),
    "20,000 attributes": _section(f"<p {_attributes(20_000)}>x</p>"),
    "the same id": f"<item><guid>{_GOOD_URL}</guid><title>other</title><link>{_GOOD_URL}</link></item>",
    "turned around": _titled("\u202e\u2066" * 5_000 + "x"),
    "no width": _titled("\u200b" * 100_000),
    "combining": _titled("a" + "\u0301" * 100_000),
    "bare signs": _titled("A & B < C"),
    "byte of another encoding": _titled("caf\udce9"),
    "controls": _titled("\x01\x02\x1b[31m"),
    "unknown prefix": "<item><foo:bar>x</foo:bar><title>x</title></item>",
    "odd comment": "<item><!-- -- --><title>x</title></item>",
    "instruction": "<item><?php echo 1 ?><title>x</title></item>",
    "inclusion": '<item><xi:include href="file:///etc/passwd" parse="text"/></item>',
    "words of 4.6 MB": _described("lorem ipsum " * 400_000),
    "words of 9 MB": _described("lorem ipsum " * 750_000),
    "section of 6 MB": _section("<p>lorem</p>" * 500_000),
    "content of 6 MB": (
        "<item><title>x</title><content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'>"
        f"<![CDATA[{'lorem ' * 1_000_000}]]></content:encoded></item>"
    ),
    "picture of 6 MB": _section(f'<img src="data:image/png;base64,{"QUJD" * 1_500_000}">'),
    "enclosure of 3 MB": f"<item><title>x</title><enclosure url='https://e.org/{'a' * 3_000_000}'/></item>",
    "2,000 entries": "<item><title>z</title><link>https://town.example.org/z</link></item>" * 2_000,
    "20,000 entries": "".join(
        f"<item><title>z{n}</title><link>https://town.example.org/z{n}</link></item>" for n in range(20_000)
    ),
    "halves of a sign": _titled("&#55357;&#56832;"),
    "reference too large": _titled("&#11111111111;"),
    "no characters": _titled("a\ufffe b\uffff"),
    "vertical tabs": _titled("a\x0b\x0c"),
    "declaration inside": "<item><?xml version='1.0' encoding='utf-16'?><title>x</title></item>",
    "unclosed attribute": "<item><link href='x><title>y</title></item>",
    "attribute twice": "<item a='1' a='2'><title>x</title></item>",
    "sign in an attribute": "<item a='<'><title>x</title></item>",
    "end without beginning": f"</item>{_titled('x')}",
    "crossed": "<item><b><i>x</b></i><title>x</title></item>",
    "feed closed": f"</channel></rss>{_titled('x')}",
    "channel closed": "</channel>",
    "end of a section": _titled("x ]]> y"),
    "comment with dashes": "<item><!-- a -- b <title>x</title> --></item>",
    "comment unclosed": "<item><title>x</title><!-- </item>",
    "entry in an entry": f"<item>{_titled('x')}</item>",
    "from the future": f"<item><title>x</title><link>{_GOOD_URL}</link>"
    "<pubDate>Fri, 20 Nov 2099 10:00:00 GMT</pubDate></item>",
    "the same id elsewhere": "<item><guid>9</guid><title>x</title><link>https://foe.example.org/x</link></item>",
    "the same title": _described("foe").replace(">x<", ">The gate at Oakfield School<"),
    "entity declared": f"<!DOCTYPE x [<!ENTITY a 'b'>]>{_titled('&a;')}",
    "UTF-7": _titled("+ADw-script+AD4-"),
    "bad UTF-8": _titled("\udcff\udcfe"),
    "unknown prefix on a link": "<item><media:content url='x'/><title>x</title></item>",
    "base of script": "<item xml:base='javascript:x/'><title>x</title><link>rel</link></item>",
    "returns": "<item>\r\r\r<title>x\r</title></item>",
    "line separators": _titled("\u2028\u2029"),
    "5,000 authors": _many("author", 5_000),
    "30,000 categories": _many("category", 30_000),
    "100,000 categories": _many("category", 100_000),
    "50,000 attributes": f"<item {_attributes(50_000)}><title>x</title></item>",
    "words of a wall": _described(
        "Enable JavaScript and cookies to continue. cf-chl-bypass Cloudflare"
    ).replace(">x<", ">Just a moment...<"),
    "page in a title": _titled("<html><head><title>Log in</title></head><body>you must log in</body></html>"),
    "page in a section": _section("<!DOCTYPE html><html><body>consent cookies</body></html>"),
}
_AS_ATOM = (
    ("<item", "<entry"), ("</item>", "</entry>"), ("description>", "content>"), ("pubDate>", "updated>"),
    ("guid>", "id>"), ("</channel></rss>", "</feed>"), ("</channel>", "</feed>"),
)  # fmt: skip


def in_notation(kind, notation):
    """The bad entry as it stands in a document: “rss”, “rdf”, “atom” or “json”."""
    said = KINDS[kind]
    if notation == "json":
        return json.dumps({"id": "bad", "title": "x", "content_html": said})
    for rss, atom in _AS_ATOM if notation == "atom" else ():
        said = said.replace(rss, atom)
    return said


_SMALL = [bad for bad in KINDS.values() if len(bad) < 2_000]
_ENDLESS = "&#" + "9" * 5_000 + ";"
_REFERENCES = "&#55357;&#56832; &#xDFFF; &#x110000; &#11; &#0; &#65534; &#1;&#2; &# &#x; & &no; &&#11;#11;"
_DATES = ("", "yesterday-ish", "99/99/9999", "31 Feb 2026", "0000-00-00T00:00:00Z", "1e309", "-1", "9" * 400)
_ADDRESSES = ("", "http://", "http://[::1", "javascript:alert(1)", "//", "http://a b/", "\x00", "http://é/%")
_BITS = (
    *_REFERENCES.split(),
    *(_ENDLESS, _ENDLESS.replace("&", "&amp;"), _ENDLESS.replace("&", "&amp;amp;")),
    *"\x00\x01\x08\x0b\x0c\x1f\x7f\x9f\ufffe\uffff\ufeff",
    *("Please log in to continue", "Your request was blocked", "Verify you are human", "<iframe>", "]]>"),
    *("<html>", "<body>", "<header>", "<html><body>Log in</body></html>", "<form id='challenge-form'>"),
    *("<a|b>x</a|b>", "<b><i>x</b></i>", "<p", "</div></div>", "<!-- x", "<![CDATA[ x", "<style>"),
    *("<plaintext>", "<textarea>", "<title>", "<noscript>", "<svg><title>", "<table><tr><td>x</table>"),
    *(f"<x {_attributes(2_000)}>", "<" * 500, ">" * 500, "<b>" * 2_000, '<p title="', "<p title=x>y>z"),
)
_IN_A_POST = (
    *("<b><i>x</b></i>", "<o:p class=x>y</o:p>", "<a|b>x</a|b>", "<b>" * 300, "<p>one<p>two", "<br/><hr>"),
    *("<form id='challenge-form'></form>", "<svg><title>x</title></svg>", "<a href='javascript:x'>y</a>"),
    *("<p title='a > b'>x</p>", "<base href='http://[::1'>", f"<x {_attributes(2_000)}>", "<!-- x -->"),
    *("<blockquote><blockquote>x", "<script>alert(1)</script>", "<style>p{}</style>"),
)
_BROKEN_JSON = (
    *('{"title": "a "quoted" word"}', '{"title": "x"', '{"id": 1,}', "{id: 1}", '{"title": "x\ny"}'),
    *('{"title": "\\ud83d"}', '{"title": "\\x"}', '"x"', "}", "]", "{}", "[]", "null", "NaN", ""),
    *("[" * 5_000, "9" * 5_000),
)


def _texts(*bits):
    return st.lists(st.sampled_from(bits), min_size=1, max_size=4).map(" ".join)


def _escaped(text):
    return text.replace("<", "&lt;")


def bad_xml():
    """What stands inside an `<item>` or `<entry>` that is broken."""
    said = _texts(*_BITS)
    return st.one_of(
        _texts(*_SMALL, *_BITS),
        said.map(lambda text: f"<title>{_escaped(text)}</title>"),
        said.map(lambda text: f"<description>{text}</description>"),
        said.map(lambda text: f"<description><![CDATA[{text}]]></description>"),
        said.map(lambda text: f"<content type='html'>{_escaped(text)}</content>"),
        st.sampled_from(_DATES).map(lambda when: f"<pubDate>{when}</pubDate><updated>{when}</updated>"),
        st.sampled_from(_ADDRESSES).map(lambda address: f"<link>{address}</link><link href='{address}'/>"),
    )


def bad_json():
    """A member of a JSON feed's `items` that is broken, as it stands in the document."""
    values = st.one_of(
        _texts(*_BITS), st.none(), st.integers(), st.floats(), st.lists(st.text(max_size=3), max_size=3),
        st.sampled_from((10**400, {"a": {}}, True, "\ud83d", "\ud83d\ude00", *_DATES, *_ADDRESSES)),
    )  # fmt: skip
    names = "id url external_url title content_html content_text summary date_published authors author"
    items = st.dictionaries(st.sampled_from(names.split()), values, max_size=4)
    return st.one_of(items.map(_dumped), st.sampled_from(_BROKEN_JSON))


def _dumped(item):
    try:
        return json.dumps(item)
    except ValueError:  # a number of more digits than Python writes
        return "{}"


def bad_html():
    """What a post holds that its forum let through: odd words and references, markup that ends with the post.
    No forum lets one post open a comment or a script for the others, and no reader could undo that."""
    return _texts(*map(_escaped, _BITS), *_IN_A_POST)
