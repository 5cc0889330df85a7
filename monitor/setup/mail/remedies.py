"""What a mail server's refusal means for a school, and what to do: by its code, else by its cause.

Every surface asks `remedy`: `doctor`, `mail setup` and `mail test`. The codes are those of Microsoft's and
Google's own pages, which the pages named here name with their dates.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from alerts.delivery.results import Cause, Result
from data.words.say import words
from monitor.config.model import MailSettings
from monitor.setup.mail.ways import WAYS, SendingWay, WayName, way_of, where

_AGAIN = "schoolgate doctor"
TRY = "schoolgate mail test PERSON"
"""Where only a mail shows whether it works; PERSON is whoever is to have it."""
_REFUSALS = "What the server says"
"""The heading of the table of codes, on each of the three pages."""

_RENEWAL = "When the secret has run out"
"""A heading of the page on Microsoft 365."""


_G, _X, _C, _P = WayName.GRAPH, WayName.XOAUTH2, WayName.CONNECTOR, WayName.PASSWORD
_A, _R, _O = WayName.APP_PASSWORD, WayName.GOOGLE_RELAY, WayName.RELAY
_ANY = frozenset(WayName)
_APPLICATION = frozenset((_G, _X))


@dataclass(frozen=True, slots=True)
class MailRemedy:
    """`means` is a sentence, `do` one without its end; `command` does it, begins it, or shows it done.

    `page` and `heading` are where our documentation tells more. It holds for these `codes` of a server, with
    blanks between, on these `ways` of sending.
    """

    means: str
    do: str
    command: str = "schoolgate mail setup"
    heading: str = _REFUSALS
    page: str = ""
    codes: str = ""
    ways: frozenset[WayName] = _ANY

    @property
    def whole(self) -> str:
        """What to do, and where more is told."""
        return f"{self.do} (“{self.heading}” in: schoolgate docs {self.page})"


_NO_RELAY = MailRemedy(
    "The server does not relay for this machine, or not for this sender.",
    "Ask whoever runs it to allow this machine's address, or give a user and password",
    heading="Set it up",
)
_NOT_AS = MailRemedy(
    "Whoever signs in here may not send in the name of the sender's address.",
    "Name as sender the mailbox that signs in, or have it given “Send as” for this address",
    "schoolgate set mail.sender",
)
_BY_CODE = (
    MailRemedy(
        "Microsoft takes no passwords for sending mail from your school any more.",
        "Send without a password, by Microsoft Graph",
        heading="1. Microsoft Graph",
        codes="5.7.30",
    ),
    MailRemedy(
        "Microsoft refused the sign-in: sending by program (SMTP AUTH) is off for this mailbox or the "
        "whole school, or a rule for signing in is against it.",
        "Switch it on for this mailbox alone, or send by Microsoft Graph, which does not need it",
        heading="2. A mail server with a token",
        codes="5.7.139",
        ways=frozenset((_X,)),
    ),
    MailRemedy(
        "Microsoft refused the sign-in: passwords for sending are off for this mailbox or the whole "
        "school, security defaults or another rule is against it, or the password is wrong.",
        "Send by Microsoft Graph, which asks for none of this; for a while, “Authenticated SMTP” may be "
        "ticked for this mailbox",
        heading="4. A password, until it ends",
        codes="5.7.139",
    ),
    MailRemedy(
        "Microsoft does not know the address that this network goes out by, so it asks for a sign-in.",
        "Enter this network's public address into the connector, or send by Microsoft Graph",
        heading="3. A relay by connector",
        codes="5.7.57",
        ways=frozenset((_C,)),
    ),
    MailRemedy(
        "This server takes mail only from whoever signs in, and nobody did.",
        "Set up how to sign in, best by Microsoft Graph",
        heading="1. Microsoft Graph",
        codes="5.7.57",
    ),
    MailRemedy(
        "Your school's Microsoft 365 rejects mail in its own name that comes without a sign-in and not "
        "through a connector (“Reject Direct Send”).",
        "Have a connector made for this network's public address, or send by Microsoft Graph",
        heading="3. A relay by connector",
        codes="5.7.68",
    ),
    MailRemedy(
        "No connector of your school's Microsoft 365 fits the address that this network goes out by.",
        "Correct the address in the connector, or send by Microsoft Graph",
        heading="3. A relay by connector",
        codes="5.7.64",
    ),
    replace(_NOT_AS, codes="5.7.60 5.2.252"),
    replace(_NOT_AS, codes="5.2.0", ways=frozenset((_X, _P))),
    MailRemedy(
        "Microsoft refused the name or the password, or passwords for sending are off for this mailbox.",
        "Give the password again, or send by Microsoft Graph, which needs none",
        heading="4. A password, until it ends",
        codes="5.7.3",
        ways=frozenset((_P,)),
    ),
    MailRemedy(
        "Google refuses this password. It takes no account's own password for this, and an app password ends "
        "when the account's password is changed.",
        "Make a new app password as that account, and give its 16 letters",
        heading="1. An app password",
        codes="5.7.8",
        ways=frozenset((_A,)),
    ),
    MailRemedy(
        "Google wants an app password here, and this is the account's own.",
        "Make an app password as that account, and give its 16 letters",
        heading="1. An app password",
        codes="5.7.9",
    ),
    MailRemedy(
        "Google stopped the sign-in and wants the account's owner to sign in by a web browser first.",
        "Sign in once at accounts.google.com as that account and confirm that it was you; then make a "
        "new app password",
        heading="1. An app password",
        codes="5.7.14",
    ),
    MailRemedy(
        "Google wants a sign-in before it takes mail.",
        "Set up the app password",
        codes="5.7.0",
        ways=frozenset((_A,)),
    ),
    MailRemedy(
        "Google's relay does not take mail from the address that this network goes out by, or not "
        "from this sender.",
        "Add this network's public address to the relay in the Admin console, and name a sender of "
        "your own domain; a change there can take a day",
        heading="2. The relay, by address",
        codes="5.7.1 5.7.0",
        ways=frozenset((_R,)),
    ),
    replace(_NO_RELAY, codes="5.7.1", ways=frozenset((_O,))),
    MailRemedy(
        "The server wants a sign-in before it takes mail.",
        "Give a user and password",
        codes="530",
        ways=frozenset((_O,)),
    ),
    MailRemedy(
        "Graph does not take the token it was given: tenant and application are not of one school.",
        "Give both IDs as the application's overview shows them",
        codes="401",
        ways=frozenset((_G,)),
    ),
    MailRemedy(
        "The application is switched off in Microsoft Entra.",
        "Have sign-in allowed for it again: Enterprise applications, the application, Properties",
        _AGAIN,
        codes="AADSTS7000112",
        ways=_APPLICATION,
    ),
    MailRemedy(
        "A Conditional Access policy of your school stops the application from signing in.",
        "Have the application left out of that policy, or this network's address allowed in it",
        _AGAIN,
        codes="AADSTS53003",
        ways=_APPLICATION,
    ),
)
"""Of those whose code and way of sending fit the first holds."""

_FIT = MailRemedy(
    "The server does not speak as expected on this port: 587 and 25 go with starttls, 465 with tls.",
    "Set the port and how the line is kept private",
    "schoolgate set mail.port mail.security",
)
_BY_CAUSE = {
    Cause.NO_SECRET: MailRemedy(
        "What the application signs in with cannot be read here: the variable is not set, or the file is not "
        "there or holds nothing of use.",
        "Give the secret's Value again, or name the certificate",
    ),
    Cause.APP_SECRET: MailRemedy(
        "Of a secret, often the Secret ID was copied instead of its Value; of a certificate, the public part "
        "was not uploaded.",
        "Make a new client secret, and give its Value, which is shown only once",
        heading="1. Microsoft Graph",
    ),
    Cause.APP_EXPIRED: MailRemedy(
        "It ends after two years at most.", "Make a new client secret, and give its Value", heading=_RENEWAL
    ),
    Cause.APP_UNKNOWN: MailRemedy(
        "There is no application of this number in that Microsoft 365.",
        "Give both IDs as the application's overview shows them: “Application (client) ID” and “Directory "
        "(tenant) ID”",
    ),
    Cause.TENANT_UNKNOWN: MailRemedy(
        "No school of Microsoft 365 goes by this number or domain.",
        "Give the “Directory (tenant) ID” from the application's overview",
    ),
    Cause.TOKEN_REFUSED: MailRemedy(
        "Its code stands in Microsoft's list of them: login.microsoftonline.com/error",
        "Look the code up there, then set it up again",
    ),
    Cause.TOKEN_NOT_TAKEN: MailRemedy(
        "Microsoft gave a token, and the mailbox does not take it: the application is not known to Exchange, "
        "has no right to this mailbox, or was given it less than half an hour ago.",
        "Look whether it was registered in Exchange with the Object ID of the enterprise application and has "
        "full access to this mailbox, and wait half an hour",
        TRY,
        "2. A mail server with a token",
    ),
    Cause.APP_NO_RIGHT: MailRemedy(
        "The application may not send from this mailbox, or was allowed to less than two hours ago.",
        "Give it the role “Application Mail.Send” for this mailbox in Exchange, wait up to two hours, and "
        "send another",
        TRY,
        "1. Microsoft Graph",
    ),
    Cause.MAILBOX_UNKNOWN: MailRemedy(
        "The sender's address is no mailbox there, or one that is not held in Microsoft 365.",
        "Have a shared mailbox made for it, or name another sender",
        "schoolgate set mail.sender",
    ),
    Cause.TOO_LARGE: MailRemedy(
        "Microsoft Graph takes no more than 4 MB at once.", "Tell whoever looks after Schoolgate", _AGAIN
    ),
    Cause.MICROSOFT_UNREACHABLE: MailRemedy(
        "login.microsoftonline.com and graph.microsoft.com, both on port 443, cannot be reached. Often a "
        "proxy is needed, or a web filter stands in between.",
        "Let this machine out to both, or name the proxy",
        "schoolgate set network.proxy",
    ),
    Cause.MICROSOFT_CERTIFICATE: MailRemedy(
        "A web filter opens the line and shows a certificate of its own.",
        "Name the filter's authority (a PEM file), or have login.microsoftonline.com and graph.microsoft.com "
        "left out of it",
        "schoolgate set network.ca_file",
    ),
    Cause.NOT_MICROSOFT: MailRemedy(
        "A web filter or a page to sign in to the network answers instead.",
        "Have login.microsoftonline.com and graph.microsoft.com let through for this machine",
        _AGAIN,
    ),
    Cause.DROPPED: _FIT,
    Cause.NO_TLS: _FIT,
    Cause.CERTIFICATE: MailRemedy(
        "Often a web filter opens the line and shows a certificate of its own; else the certificate has run "
        "out, or the server is named otherwise than in it.",
        "Ask whoever runs the filter to leave this server alone, or correct the server's name",
        "schoolgate set mail.host",
    ),
    Cause.SIGN_IN_REFUSED: MailRemedy(
        "The user or the password is wrong, or this account may not send by program.", "Give them again"
    ),
    Cause.NO_SIGN_IN: MailRemedy(
        "The server takes no name and password (PLAIN or LOGIN) here; a relay that knows this machine's "
        "address wants none.",
        "Set it up without a user, or ask whoever runs it how programs sign in",
    ),
    Cause.PASSWORD: MailRemedy(
        "What is kept as the password cannot be read, or holds other than plain letters, digits and signs.",
        "Give the password again",
    ),
    Cause.PLAIN: MailRemedy(
        "Without encryption everybody on the way could read it.",
        "Let the line be private",
        "schoolgate set mail.security=starttls",
    ),
    Cause.SENDER_REFUSED: MailRemedy(
        "The server does not let this machine, or this account, send in the sender's name.",
        "Ask whoever runs it to allow the sender, or name another",
        "schoolgate set mail.sender",
    ),
    Cause.ADDRESS_REFUSED: MailRemedy(
        "The server takes no mail for that address: it is misspelt, gone, or of others than it serves.",
        "Correct the address of that person in schoolgate.toml, then look again",
        _AGAIN,
    ),
    Cause.MESSAGE_REFUSED: MailRemedy(
        "The server read the mail and did not take it: a rule or a spam filter there.",
        "Ask whoever runs it what its log says, with the code and the time, then look again",
        _AGAIN,
    ),
    Cause.BAD_ADDRESS: MailRemedy(
        "The sender's address, or that person's, has letters that mail servers do not take.",
        "Correct it in schoolgate.toml, then look again",
        _AGAIN,
    ),
    Cause.INTERRUPTED: MailRemedy(
        "The line broke off before the server answered.", "See whether it arrived; if not, look again", _AGAIN
    ),
    Cause.BUSY: MailRemedy(
        "The server asks to be tried again later.", "Wait some minutes, then look again", _AGAIN
    ),
}
_UNREACHABLE = MailRemedy(
    "No connection: the server is named wrongly, or a firewall lets nothing out to it on this port.",
    "Let this machine out to it, or correct the server and its port (587 for starttls, 465 for tls)",
    "schoolgate set mail.host mail.port",
)
_SHUT = MailRemedy(
    "No connection: a firewall lets nothing out to it on this port, or this machine knows no such name.",
    "Let this machine out to that server on that port",
    _AGAIN,
)
_BLOCKED_25 = MailRemedy(
    "No connection on port 25: most networks and internet providers let nothing out on it.",
    "Have port 25 opened for this machine to this server alone, or send another way",
)
_OTHERWISE = MailRemedy("Nothing in the settings explains it.", "Wait, then look again", _AGAIN)


def remedy(result: Result, mail: MailSettings) -> MailRemedy:
    """What a result other than “sent” means for mail that goes this way, and what to do."""
    way = way_of(mail)
    given = set(result.code.split())
    fit = (said for said in _BY_CODE if way.name in said.ways and not given.isdisjoint(said.codes.split()))
    said = next(fit, None) or _by_cause(result.cause, mail)
    return replace(said, page=_page(way, said.heading))


def in_words(result: Result, mail: MailSettings) -> str:
    """What came back, as a sentence: what is wrong, where, and the server's own code."""
    said = words("en")(f"failure.cause.{result.cause or Cause.OURS}")
    code = f" It says {result.code}." if result.code else ""
    return f"{said[0].upper()}{said[1:]} ({where(mail)}).{code}"


def _by_cause(cause: Cause | None, mail: MailSettings) -> MailRemedy:
    if cause is Cause.UNREACHABLE:
        return _BLOCKED_25 if mail.port == 25 else _SHUT if way_of(mail).host else _UNREACHABLE
    if cause is Cause.SENDER_REFUSED and way_of(mail).name is _O:
        return _NO_RELAY
    return _BY_CAUSE.get(cause or Cause.OURS, _OTHERWISE)


def _page(way: SendingWay, heading: str) -> str:
    """A heading that names a way stands on that way's page; the table of codes on each."""
    if heading == _RENEWAL:
        return WAYS[_G].page
    return next((w.page for w in WAYS.values() if w.heading == heading), way.page)
