"""What is known of a post without its words is the same as with them."""

from __future__ import annotations

from dataclasses import replace

from builders.home import a_migrated_store
from builders.mention import NOW, POLICY, a_batch, a_mention, a_verdict

from data.store.cases.case_posts import posts_of, seen_posts
from data.store.mentions.batch import save


def test_where_a_post_is_when_it_was_published_and_who_has_it_is_known_without_its_words(tmp_path):
    store = a_migrated_store(tmp_path)
    twice, hidden, dateless = (a_mention(i) for i in ("twice", "hidden", "dateless"))
    dateless = replace(dateless, published=None)
    secret = replace(a_verdict(hidden), restricted=True)
    with store.write("test") as con:
        save(con, a_batch(twice, hidden, dateless, verdicts=[secret]), now=NOW, policy=POLICY)
        save(con, replace(a_batch(twice), source_id="other", mentions=()), now=NOW, policy=POLICY)
    ids = [twice.id, hidden.id, dateless.id, "nothing"]
    with store.read() as con:
        seen, posts = seen_posts(con, ids), posts_of(con, ids)
    assert {i: (p.channel, p.published, p.source_ids) for i, p in seen.items()} == {
        p.mention_id: (p.channel, p.published, frozenset(p.source_ids)) for p in posts
    }
    assert len(seen) == 3
    assert len(seen[twice.id].source_ids) == 2
