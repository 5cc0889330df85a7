"""schema.org items, from JSON-LD and microdata."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from sources.markup import soup
from sources.schema_org import SchemaOrg, schema_org

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
