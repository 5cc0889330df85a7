"""Progress by source while a scan runs, on standard error: a live line on a terminal, else a line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from data.types import Source, SourceRun

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


class Progress:
    """Says which sources are being read and how each ended. `quiet` says nothing."""

    def __init__(self, stream: IO[str], *, quiet: bool = False) -> None:
        self._stream = stream
        self._quiet = quiet
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    @contextmanager
    def over(self, sources: Sequence[Source]) -> Iterator[None]:
        """Show progress over these sources until the block ends."""
        if self._quiet or not self._stream.isatty():
            yield
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
        from rich.progress import Progress as RichProgress

        columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), MofNCompleteColumn())
        with RichProgress(*columns, console=Console(file=self._stream), transient=True) as bar:
            self._bar = bar
            self._task = bar.add_task("reading", total=len(sources))
            yield
        self._bar = self._task = None

    def started(self, source: Source) -> None:
        """A source is being asked. Called from any thread."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=f"reading {source.name or source.id:<24.24}")

    def finished(self, source: Source, run: SourceRun) -> None:
        """A source is read, judged and saved."""
        line = f"  {source.name or source.id}: {run.outcome.value}, {run.mentions_new} new"
        if self._bar is not None and self._task is not None:
            self._bar.console.print(line, highlight=False, markup=False)
            self._bar.advance(self._task)
        elif not self._quiet:
            self._stream.write(line + "\n")
            self._stream.flush()
