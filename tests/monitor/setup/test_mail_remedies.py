"""What a refusal means and what to do: by its code where that says more, by its cause otherwise."""

from __future__ import annotations

import re
import tomllib

import pytest
from support.checkout import ROOT
from support.for_each import for_each

from alerts.delivery.results import Cause, Result, SendOutcome
from monitor.config.settings import MailSettings
from monitor.setup.mail.remedies import in_words, remedy
from monitor.setup.mail.ways import CONNECTOR_ENDS, WAYS, WayName, way_of

APP = {"tenant": "oakfield.example.org", "client_id": "00001111-aaaa-2222-bbbb-3333cccc4444"}


def sent_by(way: str) -> MailSettings:
    """A configuration that goes this way."""
    known = WAYS[WayName(way)]
    host = {"connector": f"oakfield-example-org{CONNECTOR_ENDS}", "relay": "relay.example.org"}.get(way)
    more = {"secret_file": "s", **APP} if known.sign_in != "password" else {}
    return MailSettings(
        sign_in=known.sign_in, host=host or known.host, port=known.port, sender="sg@example.org", **more
    )


def refused(cause: str, code: str = "") -> Result:
    return Result(SendOutcome.RETRY, Cause(cause), code)


@pytest.mark.parametrize("way", WayName)
def test_each_way_is_known_by_its_configuration(way: WayName) -> None:
    assert way_of(sent_by(way)).name is way


CASES = [
    ("m365-password", "sign_in_refused", "550 5.7.30", "takes no passwords", "1. Microsoft Graph"),
    ("m365-password", "sign_in_refused", "535 5.7.139", "security defaults", "4. A password, until it ends"),
    ("xoauth2", "token_not_taken", "535 5.7.139", "SMTP AUTH", "2. A mail server with a token"),
    ("m365-password", "sign_in_refused", "535 5.7.3", "name or the password", "4. A password, until it ends"),
    ("xoauth2", "token_not_taken", "535 5.7.3", "not known to Exchange", "2. A mail server with a token"),
    ("m365-password", "sender_refused", "530 5.7.57", "whoever signs in", "1. Microsoft Graph"),
    ("connector", "sender_refused", "530 5.7.57", "does not know the address", "3. A relay by connector"),
    ("connector", "sender_refused", "550 5.7.64", "No connector", "3. A relay by connector"),
    ("connector", "sender_refused", "550 5.7.68", "Reject Direct Send", "3. A relay by connector"),
    ("m365-password", "sender_refused", "550 5.7.60", "in the name of the sender", "What the server says"),
    ("m365-password", "message_refused", "554 5.2.0", "in the name of the sender", "What the server says"),
    ("xoauth2", "sender_refused", "554 5.2.252", "in the name of the sender", "What the server says"),
    ("connector", "unreachable", "", "port 25", "What the server says"),
    ("app-password", "sign_in_refused", "535 5.7.8", "app password ends when", "1. An app password"),
    ("app-password", "sign_in_refused", "534 5.7.9", "account's own", "1. An app password"),
    ("app-password", "sign_in_refused", "534 5.7.14", "web browser", "1. An app password"),
    ("google-relay", "sender_refused", "550 5.7.1", "this network goes out by", "2. The relay, by address"),
    ("google-relay", "sender_refused", "550 5.7.0", "this network goes out by", "2. The relay, by address"),
    ("google-relay", "unreachable", "", "firewall", "What the server says"),
    ("relay", "sender_refused", "554 5.7.1", "does not relay", "Set it up"),
    ("relay", "unreachable", "", "named wrongly", "What the server says"),
    ("relay", "no_tls", "", "465 with tls", "What the server says"),
    ("relay", "dropped", "", "587 and 25 go with starttls", "What the server says"),
    ("relay", "certificate", "", "web filter", "What the server says"),
    ("relay", "address_refused", "550 5.1.1", "misspelt", "What the server says"),
    ("relay", "sender_refused", "530 5.7.0", "wants a sign-in", "What the server says"),
    ("relay", "sender_refused", "550", "does not relay", "Set it up"),
    ("graph", "app_secret", "AADSTS7000215", "Secret ID", "1. Microsoft Graph"),
    ("graph", "app_expired", "AADSTS7000222", "two years", "When the secret has run out"),
    ("xoauth2", "app_expired", "AADSTS7000222", "two years", "When the secret has run out"),
    ("graph", "app_unknown", "AADSTS700016", "no application", "What the server says"),
    ("graph", "app_unknown", "AADSTS7000112", "switched off", "What the server says"),
    ("graph", "tenant_unknown", "AADSTS90002", "number or domain", "What the server says"),
    ("graph", "token_refused", "AADSTS53003", "Conditional Access", "What the server says"),
    (
        "graph",
        "token_not_taken",
        "401 InvalidAuthenticationToken",
        "not of one school",
        "What the server says",
    ),
    (
        "graph",
        "app_no_right",
        "403 ErrorAccessDenied",
        "may not send from this mailbox",
        "1. Microsoft Graph",
    ),
    ("graph", "mailbox_unknown", "404 ErrorInvalidUser", "no mailbox", "What the server says"),
    ("graph", "microsoft_unreachable", "", "graph.microsoft.com", "What the server says"),
    ("graph", "microsoft_certificate", "", "web filter", "What the server says"),
    ("graph", "not_microsoft", "200", "sign in to the network", "What the server says"),
]


@for_each(("way", "cause", "code", "means", "heading"), CASES)
def test_a_refusal_says_what_it_means_what_to_do_and_where_more_is_told(
    way: str, cause: str, code: str, means: str, heading: str
) -> None:
    found = remedy(refused(cause, code), sent_by(way))
    assert means in found.means
    assert found.heading == heading
    assert found.do
    assert not found.do.endswith(".")
    assert found.command.startswith("schoolgate ")
    assert f"“{heading}”" in found.whole


@for_each("way", WayName)
@for_each("cause", Cause)
def test_no_cause_is_left_without_a_remedy_whose_page_and_heading_are_there(
    way: WayName, cause: Cause
) -> None:
    found = remedy(refused(cause), sent_by(way))
    page = _page(found.page)
    assert f"\n## {found.heading}\n" in page


@for_each(("way", "cause", "code", "means", "heading"), CASES)
def test_each_code_stands_in_the_table_of_its_page(
    way: str, cause: str, code: str, means: str, heading: str
) -> None:
    page = (
        (ROOT / f"docs/{WAYS[WayName(way)].page}.md")
        .read_text("utf-8")
        .partition("\n## What the server says\n")[2]
    )
    known = code.split()[-1] if "AADSTS" in code or "5.7" in code or "5.2" in code else code.partition(" ")[0]
    if known and cause not in ("address_refused", "token_not_taken", "not_microsoft"):
        assert known in page


def test_what_came_back_is_said_with_the_place_and_the_servers_code() -> None:
    said = in_words(refused("sign_in_refused", "535 5.7.8"), sent_by("app-password"))
    assert (
        said == "The mail server refuses our name or password (smtp.gmail.com, port 587). It says 535 5.7.8."
    )
    assert "(Microsoft Graph)" in in_words(refused("app_no_right", "403 ErrorAccessDenied"), sent_by("graph"))


@pytest.mark.parametrize("way", WayName)
def test_the_example_of_each_way_is_one_that_goes_this_way(way: WayName) -> None:
    """The page's own lines, under the way's own heading, are read as that way."""
    known = WAYS[way]
    section = (
        (ROOT / f"docs/{known.page}.md")
        .read_text("utf-8")
        .partition(f"\n## {known.heading}\n")[2]
        .partition("\n## ")[0]
    )
    example = re.search(r"(?s)```toml\n(.*?)```", section)
    assert example is not None
    assert way_of(MailSettings(**tomllib.loads(example[1])["mail"])).name is way


def _page(name):
    return (ROOT / "docs" / f"{name}.md").read_text("utf-8")
