"""The linker that is let go when it is not used."""

from builders.judges import CALM, OAKFIELD
from builders.mention import a_mention

from classifiers.linking.linker import Linker
from data.types import Source
from monitor.service.scoring import IdleLinker

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
