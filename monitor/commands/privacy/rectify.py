"""`schoolgate privacy rectify`: what somebody says of a post about them is put beside it."""

from __future__ import annotations

from typing import Annotated

import typer

from data.effects import utc_now
from monitor.commands.options import As, ConfigFile, Home, School, asked_for
from monitor.commands.privacy.requests import RequestNumber
from monitor.terminal.output import say


def rectify(
    number: RequestNumber,
    post: Annotated[str, typer.Option("--post", metavar="ID", help="The post, by the beginning of its id.")],
    person: As,
    said: Annotated[str, asked_for("--said", "What is right, as they say it.")],
    school: School = None,
    home: Home = None,
    config: ConfigFile = None,
) -> None:
    """Put beside a post what somebody says of it. The post stays as it was, for it is what was said.

    It is shown with the post, and is in the copy that they may ask for. Where a case has something wrong,
    correct the case: case step author, case step target, case note.

    \b
    Examples:
      schoolgate privacy rectify P0005 --post 9f31 --as r-lowe
      schoolgate privacy rectify P0005 --post 9f31 --as r-lowe --said - < words.txt
    """
    from data.store.privacy import requests as request_store
    from data.store.privacy.requests import Correction
    from monitor.commands.inputs import own_words
    from monitor.privacy.finding import one_post
    from monitor.privacy.office import open_office

    words, now = own_words(said, "--said"), utc_now()
    office = open_office(person, home, config, school)
    with office.session.store.write("rectify for a request") as con:
        asked, found = office.request(con, number), one_post(con, office, post)
        added = Correction(asked.id, found.post.mention_id, words, now, office.person)
        request_store.correct(con, added, asked.urn)
    say(f"Beside post {added.mention_id[:8]} now stands what they say. The post is as it was.")
    say(f"To end the request: schoolgate privacy answer {asked.id} granted --as {office.person}")
