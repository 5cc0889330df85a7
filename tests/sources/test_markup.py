"""From bytes to text that is safe to keep."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.markup import (
    absolute,
    base_url,
    canonical_link,
    decode,
    first_text,
    next_link,
    own_words,
    plain,
    soup,
    text_of,
)

PAGE = "https://town.example.org/board/12"


@pytest.mark.parametrize(
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


def test_the_document_s_own_declaration_goes_before_the_header() -> None:
    body = '<meta charset="utf-8">Fête'.encode()
    assert decode(body, "text/html; charset=iso-8859-1")[0].endswith("Fête")


def test_a_few_broken_bytes_do_not_make_a_page_windows_1252() -> None:
    body = ("é" * 100).encode() + b"\xff"
    assert decode(body)[1] == "utf-8"


def test_blocks_stand_on_lines_of_their_own_and_inline_words_stay_together() -> None:
    html = "<div>One <b>t</b>wo.<p>Three\nfour.</p><br>Five&nbsp;six</div>"
    assert plain(html) == "One two.\nThree four.\nFive six"


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>stolen()</script>",
        "<style>.stolen{}</style>",
        "<img src=x onerror=stolen()>",
        "<!-- stolen -->",
        "<![CDATA[stolen]]>",
        "<?php stolen ?>",
        "<svg><script>stolen</script><desc>stolen</desc></svg>",
        "<template>stolen</template><noscript>stolen</noscript>",
        "<textarea>stolen</textarea><button>stolen</button>",
        '<a href="javascript:stolen()"></a>',
    ],
)
def test_what_is_no_one_s_words_is_dropped(hostile: str) -> None:
    assert "stolen" not in plain(f"<p>Before {hostile} after</p>")
    assert "Before" in plain(f"<p>Before {hostile} after</p>")


def test_control_characters_are_dropped() -> None:
    assert plain("a\x00b\x1b[31mc\x85d\ufeff") == "ab[31mcd"


def test_quotes_stand_apart_from_own_words() -> None:
    tree = soup("<div>Mine.<blockquote>Theirs.<blockquote>Older.</blockquote></blockquote>And mine.</div>")
    assert own_words(tree) == ("Mine.\nAnd mine.", "Theirs.\nOlder.")


def test_signatures_are_in_neither() -> None:
    tree = soup(
        "<div>Mine.<p class=sig>Kind regards</p><blockquote>Theirs.<p class=sig>x</p></blockquote></div>"
    )
    assert own_words(tree, dropped=".sig") == ("Mine.", "Theirs.")


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("/x", "https://town.example.org/x"),
        ("13#p4", "https://town.example.org/board/13#p4"),
        ("//other.example.org/y", "https://other.example.org/y"),
        ("a b", "https://town.example.org/board/a%20b"),
        ("javascript:alert(1)", None),
        (" java\nscript:alert(1)", None),
        ("data:text/html,x", None),
        ("mailto:a@example.org", None),
        ("http://[::1", None),
        ("", None),
        (None, None),
    ],
)
def test_addresses_are_whole_or_none(href: str | None, address: str | None) -> None:
    assert absolute(PAGE, href) == address


def test_the_base_element_is_honoured() -> None:
    assert base_url(soup('<base href="/elsewhere/"><p>x'), PAGE) == "https://town.example.org/elsewhere/"
    assert base_url(soup('<base href="javascript:x"><p>x'), PAGE) == PAGE


def test_the_next_page_is_never_the_page_itself() -> None:
    assert next_link(soup('<a rel="next" href="?page=2">'), PAGE) == PAGE + "?page=2"
    assert next_link(soup('<a rel="next" href="#top">'), PAGE) is None
    assert next_link(soup('<a class="older" href="/p/2">'), PAGE, "a.older") == "https://town.example.org/p/2"


def test_a_page_s_own_address_is_read() -> None:
    assert canonical_link(soup('<link rel="canonical" href="/t/1">'), PAGE) == "https://town.example.org/t/1"
    assert (
        canonical_link(soup('<meta property="og:url" content="/t/2">'), PAGE)
        == "https://town.example.org/t/2"
    )
    assert canonical_link(soup("<p>x"), PAGE) is None
    assert first_text(soup("<i></i><b> two\n words </b>"), "i", "b") == "two words"


@given(
    st.one_of(
        st.binary(max_size=300), st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass"))
    )
)
def test_no_bytes_make_it_raise(body: bytes) -> None:
    assert "\x00" not in text_of(soup(body))


@given(st.text(st.sampled_from("<>/!?-&;#x[]'\"= abdivscript\n\x00"), max_size=120))
def test_no_markup_makes_it_raise(html: str) -> None:
    assert isinstance(plain(html), str)
