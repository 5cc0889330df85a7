"""schema.org items, from JSON-LD and microdata."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.html.markup import soup
from sources.html.schema_org import SchemaOrg, schema_org

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
