"""The linker that is let go when it is not used."""

from builders.judges import CALM, OAKFIELD
from builders.mention import NOW, a_mention, a_store

from classifiers.linking.linker import Linker
from data.types import Source
from monitor.config.load import Config
from monitor.service.scoring import IdleLinker
from monitor.service.serve import Settings

SOURCE = Source("a", "feed", "https://gazette.example.org/feed.xml", ("900001",), surfaced=True)


def test_it_is_made_at_its_first_use_and_again_after_it_was_let_go():
    made, time = [], [0.0]

    def make():
        made.append(time[0])
        return Linker((OAKFIELD,))

    linker, mention = IdleLinker(make, lambda: time[0]), a_mention(text=CALM)
    assert made == []
    assert linker.link([mention], SOURCE) == Linker((OAKFIELD,)).link([mention], SOURCE)
    for time[0] in (100.0, 399.0):
        linker.let_go()
        linker.link([mention], SOURCE)
    assert made == [0.0]
    time[0] = 700.0
    linker.let_go()
    linker.link([mention], SOURCE)
    assert made == [0.0, 700.0]


def test_what_new_posts_are_folded_with_is_let_go_with_it(tmp_path):
    store = a_store(tmp_path)
    config = Config(store.home / "schoolgate.toml", (OAKFIELD,))
    settings = Settings(config, store.home, store, lambda: NOW)
    before = settings.judges(None).recent
    settings.let_go()
    assert settings.judges(None).recent is not before
