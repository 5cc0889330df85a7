"""`schoolgate case capture`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor import typed
from monitor.cli_case import case_app
from monitor.cli_options import As, CaseNumber, ConfigFile, Home, Json, finish
from monitor.edge import ask
from monitor.terminal import say


@case_app.command("capture")
def case_capture(
    case: CaseNumber,
    person: As,
    pictures: Annotated[
        bool, typer.Option("--pictures", help="Also the pictures within the post; needs --because.")
    ] = False,
    because: Annotated[
        str,
        typer.Option("--because", callback=typed.given, help="Why it is captured; it stands in the case."),
    ] = "",
    files: Annotated[
        list[Path] | None,
        typer.Option("--file", metavar="FILE", help="What somebody else kept of it; may be given again."),
    ] = None,
    child_image: Annotated[
        bool | None,
        typer.Option(
            "--child-image/--no-child-image",
            help="Whether a file shows, or might show, anyone under 18 undressed or in a sexual way.",
        ),
    ] = None,
    words_alone: Annotated[
        bool,
        typer.Option("--words-alone", help="A file shows words alone: no child, nothing sexual."),
    ] = False,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Whether a picture and a PDF are made.")
    ] = True,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Keep what stands at the post's address: page, archive, picture, hashes, time stamp.

    \b
    Examples:
      schoolgate case capture 4 --as t-quillfeather
      schoolgate case capture 4 --as t-quillfeather --pictures --because "the picture is the libel"
      schoolgate case capture 4 --as b-patel --file screenshot.png --no-child-image
    """
    from monitor.commands import case_capture as command

    finish(
        command.run(
            case, person=person, pictures=pictures, because=because, files=files or [],
            child_image=child_image, words_alone=words_alone, browser=browser, home=home,
            config=config, as_json=as_json, say=say, ask=ask,
        )
    )  # fmt: skip
