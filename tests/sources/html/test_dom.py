"""Plain text, quotes and declared items out of parsed HTML."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import fields
from importlib import import_module
from pkgutil import iter_modules

import pytest
from conformance import FIXTURES
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from sources import forums, threads
from sources.html.dom import (
    NAMESPACES,
    at_any_depth,
    find,
    first_text,
    has_class,
    plain_text,
    split_quotes,
    take_out,
)
from sources.html.markup import soup
from sources.html.parsers import parse_html
from sources.html.schema_org import SchemaOrg, schema_org
from sources.threads.shape import Shape


def _text(markup: str) -> str:
    document = parse_html(f"<div>{markup}</div>")
    assert document is not None
    return plain_text(document)


def test_blocks_stand_on_lines_of_their_own() -> None:
    assert _text("<p>One</p><p>Two<br>Three</p><ul><li>Four</li></ul>") == "One\nTwo\nThree\nFour"


def test_words_split_by_comments_and_spans_stay_together() -> None:
    assert _text("Is<!-- --> <!-- -->it <b>so</b>ld?") == "Is it sold?"


def test_lines_of_preformatted_text_stay() -> None:
    assert _text("<pre>a\n  b</pre>") == "a\nb"


def test_scripts_forms_and_comments_are_no_words() -> None:
    assert _text("a<script>b</script><style>c</style><form>d</form><!-- e -->f") == "af"


def test_cells_of_a_row_do_not_run_together() -> None:
    assert _text("<table><tr><td>a</td><td>b</td></tr></table>") == "a b"


def test_of_nested_quotes_the_outermost_is_taken_and_the_words_around_stay() -> None:
    body = parse_html("<p>Before</p><blockquote>x<blockquote>y</blockquote></blockquote>After <sup>sig</sup>")
    assert body is not None
    assert split_quotes(body, ".//blockquote", ".//sup") == ("Before\nAfter", "x\ny", False)


def test_taking_an_element_out_keeps_what_follows_it() -> None:
    document = parse_html("<div id='d'>a<b>x</b>c<i>y</i>d</div>")
    assert document is not None
    for element in document.xpath("//b | //i"):
        take_out(element)
    assert plain_text(document).split() == ["a", "c", "d"]


def test_the_first_path_that_has_text_wins() -> None:
    document = parse_html("<i> </i><time datetime='2026'>shown</time>")
    assert document is not None
    assert first_text(document, "//i", "//time/@datetime", "//time") == "2026"
    assert first_text(document, "//i") == ""


@given(st.text(alphabet="<>/ab&;!-\"'= \n\x00\x1f", max_size=200))
def test_any_text_is_survived_and_gives_no_control_character(markup: str) -> None:
    document = parse_html(markup)
    if document is not None:
        text = plain_text(document)
        assert not any(ord(char) < 32 and char != "\n" for char in text)


def test_a_post_that_begins_with_a_quote_says_so() -> None:
    body = parse_html("<div><blockquote>They said so.</blockquote>I do not think so.</div>")
    assert body is not None
    assert split_quotes(body, ".//blockquote", "") == ("I do not think so.", "They said so.", True)


def _paths() -> list[str]:
    """Every path of every shape of a forum."""
    families = (forums, threads)
    modules = [
        import_module(f"{family.__name__}.{found.name}")
        for family in families
        for found in iter_modules(family.__path__)
    ]
    shapes = {id(x): x for m in modules for x in _shapes(list(vars(m).values()))}
    given = [getattr(shape, f.name) for shape in shapes.values() for f in fields(shape)]
    flat = [p for one in given for p in (one if isinstance(one, tuple) else (one,))]
    return sorted({p for p in flat if isinstance(p, str) and "//" in p})


def _shapes(values: Iterable[object]) -> Iterator[Shape]:
    for value in values:
        if isinstance(value, Shape):
            yield value
        elif isinstance(value, tuple | list):
            yield from _shapes(value)


def test_a_path_finds_the_same_at_any_depth_whichever_way_it_is_written():
    paths = [path for path in _paths() if at_any_depth(path) != path]
    assert len(paths) > 100
    for file in sorted((FIXTURES / "forums").rglob("*.html")):
        root = parse_html(file.read_text(encoding="utf-8", errors="replace"))
        for path in paths:
            assert find(root, path) == etree.XPath(path, namespaces=NAMESPACES)(root), (file.name, path)


@pytest.mark.parametrize(
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
    path = f"//div[{has_class('blockpost')}]//div[{has_class('postmsg')}]"

    def cost(depth: int) -> float:
        root = parse_html("<ul class='blockpost'>" + "<div class='blockpost'><p>x</p><p>x</p>" * depth)
        began = time.process_time()
        assert find(root, path) == []
        return time.process_time() - began

    least = min(cost(500) for _ in range(3))
    assert any(cost(2_000) < 48 * least for _ in range(8))  # others at work cost it up to twice


@pytest.mark.parametrize(
    "path", ["//i//b", ".//i//b", ".//i//u//b | .//u[.//i//b]", ".//i[1]//b", ".//i//u/b"]
)
def test_an_element_around_the_one_that_is_searched_does_not_count(path):
    root = parse_html("<i><u><b>1</b><i><b>2</b><u><b>3</b></u></i></u></i><b>4</b>")
    for element in root.iter():
        assert find(element, path) == etree.XPath(path)(element), element


@pytest.mark.parametrize("path", ["//div[@data-post]//*[@title]", ".//div[@data-post]//*[@title]"])
def test_posts_that_each_hold_the_next_are_searched_once(path):
    root = parse_html("<p>" + "<div data-post='1'><p>x</p>" * 3_000)
    began = time.process_time()
    assert find(root, path) == []
    assert time.process_time() - began < 0.2


# -------------------------- schema.org items, from JSON-LD and microdata


PAGE = "https://a.example.org/"


def linked(*blocks: str) -> SchemaOrg:
    scripts = "".join(f'<script type="application/ld+json">{block}</script>' for block in blocks)
    return schema_org(soup(scripts), PAGE)


def test_a_graph_a_list_and_a_single_item_are_all_read() -> None:
    found = linked(
        '{"@graph":[{"@type":"A"},{"@type":"B"}]}', '[{"@type":"C"}]', '{"@type":"http://schema.org/D"}'
    )
    assert [sorted(item.types) for item in found.items] == [["A"], ["B"], ["C"], ["D"]]


def test_wrappings_and_raw_line_ends_are_forgiven() -> None:
    found = linked(
        '<!-- {"@type":"A"} -->', '//<![CDATA[\n{"@type":"B","name":"x\ny"}\n//]]>', '{"@type":"C"};'
    )
    assert [sorted(item.types) for item in found.items] == [["A"], ["B"], ["C"]]
    assert found.damaged == 0


def test_a_damaged_block_is_counted_and_the_others_read() -> None:
    found = linked('{"@type":"A"', '{"@type":"B"}')
    assert found.damaged == 1
    assert len(found.items) == 1


def test_references_are_followed_never_in_a_circle() -> None:
    found = linked(
        '[{"@id":"#a","@type":"A","b":{"@id":"#b"}},{"@id":"#b","@type":"B","name":"Bee","a":{"@id":"#a"}}]'
    )
    assert found.items[0].text("b") == "Bee"
    assert len(list(found.walk())) < 20


def test_a_thing_referred_to_many_times_is_made_once() -> None:
    doubling = [
        {"@id": f"#{n}", "@type": "A", "a": {"@id": f"#{n + 1}"}, "b": [{"@id": f"#{n + 1}"}]}
        for n in range(60)
    ]
    started = time.process_time()
    assert len(list(linked(json.dumps(doubling)).walk())) < 70
    assert time.process_time() - started < 2


def test_reviews_that_point_to_their_school_and_back_are_each_one() -> None:
    numbers = range(300)
    school = {"@id": "#s", "@type": "School", "name": "S", "review": [{"@id": f"#{n}"} for n in numbers]}
    reviews = [{"@id": f"#{n}", "@type": "Review", "itemReviewed": {"@id": "#s"}} for n in numbers]
    started = time.process_time()
    found = list(linked(json.dumps([*reviews, school])).walk())
    assert time.process_time() - started < 2
    assert len([item for item in found if item.named("Review")]) == 300
    assert {item.text("itemReviewed") for item in found if item.named("Review")} == {"S"}


def test_a_thing_that_names_itself_has_no_name() -> None:
    assert linked('[{"@id":"#a","name":{"@id":"#a"}}]').items[0].text("name") == ""


def test_more_things_than_any_page_holds_are_told_as_unreadable() -> None:
    found = linked('{"@type":"A"}', "[" + "{}," * 20_000 + "{}]")
    assert (len(found.items), found.damaged) == (1, 1)


@pytest.mark.parametrize(
    "body",
    ['{"a":1' + " " * 200_000 + "x", '{"a":1}' + " ;" * 100_000 + "x", "//" * 100_000, "<!--" * 50_000],
    ids=["blanks", "semicolons", "slashes", "openings"],
)
def test_blanks_and_wrappings_without_end_cost_little(body: str) -> None:
    started = time.process_time()
    assert linked(body).damaged == 1
    assert time.process_time() - started < 2


def test_properties_within_properties_cost_little() -> None:
    started = time.process_time()
    schema_org(soup("<div itemscope>" + "<i itemprop=x>" * 20_000 + "x"), PAGE)
    assert time.process_time() - started < 2


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
