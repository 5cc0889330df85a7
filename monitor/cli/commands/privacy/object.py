"""`schoolgate privacy object` and `rectify`: what somebody says against what is read and kept about them."""

from __future__ import annotations

from typing import Annotated

from typer import Option

from data.effects import utc_now
from monitor.cli.commands.options import As, ConfigFile, Home, School, asked_for
from monitor.cli.commands.privacy.requests import RequestNumber
from monitor.cli.commands.privacy.search import asked_term
from monitor.terminal.output import say


def object_(
    number: RequestNumber,
    person: As,
    by: Annotated[
        str | None, Option("--by", help="handle, or address (of a post). You are then asked for it.")
    ] = None,
    channel: Annotated[
        str | None,
        Option(
            "--channel", help="Where they use it: local_forum, facebook, …; by default where it is found."
        ),
    ] = None,
    withdrawn: Annotated[
        bool, Option("--withdrawn", help="The objection was withdrawn: keep their posts again.")
    ] = False,
    school: School = None,
    home: Home = None,
    config: ConfigFile = None,
) -> None:
    """Uphold an objection: posts by that author, or at that address, are not kept from now on.

    Anything that calls for an alert, such as a threat or a danger to a child, is kept all the same. What is
    already kept stays until it is erased. To refuse an objection: privacy answer REQUEST refused.

    \b
    Examples:
      schoolgate privacy object P0004 --by handle --channel local_forum --as r-lowe
      schoolgate privacy object P0004 --by address --as r-lowe < address.txt
      schoolgate privacy object P0004 --withdrawn --as r-lowe
    """
    from data.errors import InputError
    from data.steps.acts import Refused
    from monitor.act.privacy import uphold, withdraw
    from monitor.act.requests.office import open_office
    from monitor.pipeline.sighting import known_channel

    if by is None and not withdrawn:
        raise InputError("--by: say how they are known there, handle or address.")
    known_channel(channel or "")
    wanted = asked_term(by) if by and not withdrawn else None
    office, now = open_office(person, home, config, school), utc_now()
    if wanted is None:
        n = withdraw(office, number, now).made
        say(f"The objection is withdrawn: what it kept out is kept again (hashes deleted: {n}).")
        return
    came = uphold(office, number, wanted, channel, now)
    if isinstance(came, Refused):
        raise InputError(came.reason)
    say("From now on these posts are not kept, unless they call for an alert. To erase those already kept:")
    say(f"schoolgate privacy erase {came.made} --by {wanted.kind.value} {office.options}")


def rectify(
    number: RequestNumber,
    post: Annotated[str, Option("--post", metavar="ID", help="The post, by the beginning of its id.")],
    person: As,
    said: Annotated[str, asked_for("--said", "What is right, in their words.")],
    school: School = None,
    home: Home = None,
    config: ConfigFile = None,
) -> None:
    """Add what somebody says about a post. The post stays as it was, since that is what was said.

    Their words are shown with the post, and are in any copy they ask for. If a case has something wrong,
    correct the case: case step author, case step target, case note.

    \b
    Examples:
      schoolgate privacy rectify P0005 --post 9f31 --as r-lowe
      schoolgate privacy rectify P0005 --post 9f31 --as r-lowe --said - < words.txt
    """
    from monitor.act.privacy import rectify as put_right
    from monitor.act.requests.office import open_office
    from monitor.cli.commands.inputs import own_words

    words, now = own_words(said, "--said"), utc_now()
    office = open_office(person, home, config, school)
    added = put_right(office, number, post, words, now).made
    say(f"What they say is now shown with post {added.mention_id[:8]}. The post is as it was.")
    say(f"To end the request: schoolgate privacy answer {added.request_id} granted {office.options}")
