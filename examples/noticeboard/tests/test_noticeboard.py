"""The noticeboard keeps what every kind of source must keep."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from schoolgate_noticeboard import Noticeboard

from schoolgate.testing import CollectorConformance, Document

HERE = Path(__file__).parent
FIRST = Document(HERE / "board.html", "https://board.example.org/board", 2, words="with a pram")
SECOND = Document(HERE / "board-2.html", "https://board.example.org/board?page=2", 1)


class TestNoticeboard(CollectorConformance):
    reader = Noticeboard
    recognised = False
    documents = (FIRST,)
    pages = (FIRST, SECOND)

    def test_a_section_alone_may_be_read(self) -> None:
        source = replace(self.source(FIRST), settings={"section": "lost"})
        (notice,) = self.collector().parse(source, FIRST.response()).mentions
        assert (notice.title, notice.author) == ("Lost: one grey glove", "Wren")
