"""Progress by source while a scan runs, on standard error: a live line on a terminal, else a line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from data.types import Source, SourceRun
from monitor.terminal.output import live_console, printed_text, say_on_stderr, visible
from monitor.terminal.wording import outcome_words

if TYPE_CHECKING:
    from rich.progress import Progress as Bar


class Progress:
    """Says which sources are being read and how each ended. `quiet` says nothing."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._bar: Bar | None = None

    @contextmanager
    def over(self, these: Sequence[object]) -> Iterator[None]:
        """Show progress over these, as sources or homes, until the block ends."""
        console = None if self._quiet else live_console()
        if console is None:
            yield
            return
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
        from rich.progress import Progress as RichProgress

        name = TextColumn("{task.description}", markup=False)
        columns = (name, BarColumn(bar_width=24), MofNCompleteColumn())
        with RichProgress(*columns, console=console, transient=True) as bar:
            self._bar = bar
            bar.add_task("reading", total=len(these))
            yield
        self._bar = None

    def start_source(self, source: Source) -> None:
        """A source is being asked. Called from any thread."""
        if self._bar is not None:
            name = visible(source.name or source.id)
            self._bar.update(self._bar.task_ids[0], description=f"reading {name:<24.24}")

    def step(self) -> None:
        """One more is done; nothing is said of it."""
        if self._bar is not None:
            self._bar.advance(self._bar.task_ids[0])

    def warn(self, lines: Iterable[str]) -> None:
        """Something that nobody may miss: said even where nothing else is."""
        for line in lines:
            if self._bar is not None:
                self._bar.console.print(printed_text(line), highlight=False, markup=False)
            else:
                say_on_stderr(line)

    def finish_source(self, source: Source, run: SourceRun) -> None:
        """A source is read, judged and saved."""
        line = f"  {source.name or source.id}: {outcome_words(run.outcome)}, {run.mentions_new} new"
        if self._bar is not None:
            self._bar.console.print(printed_text(line), highlight=False, markup=False)
            self.step()
        elif not self._quiet:
            say_on_stderr(line)
