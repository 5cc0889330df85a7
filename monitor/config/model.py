"""The shape of `schoolgate.toml`: one pydantic model a table, one sentence and one example a key.

`docs/configuration.md` is held against these by a test, and faults quote the examples.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from data.cases import Profile
from data.errors import write_commands
from data.types import Role
from monitor.config.settings import DEFAULT_HEALTH_PORT, DEFAULT_LISTEN
from monitor.config.values import (
    BaseAddress,
    BeatAddress,
    Channel,
    ClientId,
    Contact,
    Day,
    Domain,
    Email,
    Host,
    Id,
    Interval,
    Language,
    Listen,
    ModelLabel,
    Nation,
    NetworkOfProxies,
    Postcode,
    ProxyAddress,
    SchoolDay,
    SchoolOrTrust,
    SourceAddress,
    Tenant,
    Text,
    TimeOfDay,
    Urn,
    Variable,
    WebAddress,
    Zone,
)


class Table(BaseModel):
    """A table of the file. Unknown keys are refused; values never appear in pydantic's own errors."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, str_strip_whitespace=True
    )


def key(sentence: str, example: object, default: Any = ..., **limits: Any) -> Any:
    """A key of a table; one without a default must be there."""
    return Field(default=default, description=write_commands(sentence), examples=[example], **limits)


def optional(sentence: str, example: object, **limits: Any) -> Any:
    """A key that may be left out."""
    return key(sentence, example, None, **limits)


def _env(holds: str, example: str) -> Any:
    return optional(f"The environment variable that holds {holds}.", example)


def _file(first_line: str, example: str) -> Any:
    said = f"A file whose first line is {first_line}; only you should be able to read it."
    return optional(said, example)


class NamesakeTable(Table):
    """Another bearer of the school's name: a school elsewhere, a church, a street, a club."""

    name: Text = key("The other's name.", "Oakfield Primary School")
    place: str = key("Where it is.", "Hexley, Warwickshire", "")
    kind: Text = key("What it is: school, church, street, club, hospital, …", "street", "school")


class TermTable(Table):
    """A term or half term; both days are included."""

    first: Day = key("Its first day.", date(2026, 9, 2))
    last: Day = key("Its last day.", date(2026, 10, 23))


class LadderTable(Table):
    """The school's own policy on removals, where schools differ."""

    first_assessor: Role | None = optional(
        "Who looks at a matter first, where it is not [policy] first_assessor.", "it_lead"
    )
    decider: Role = key("Who decides whether removal is asked for.", "head", Role.HEAD)
    delegates: tuple[Role, ...] = key(
        "Who may decide it beside the decider, for a report to a platform.",
        ["deputy_head"],
        Profile().delegates,
    )
    signs: Role = key("In whose name letters of the school are drafted.", "head", Role.HEAD)
    press: Role = key("Who alone answers the press.", "it_lead", Role.HEAD)
    press_approval: bool = key(
        "true where whoever decides first approves in writing what the press is told.", True, False
    )
    host_hours: int = key(
        "The school's own target for a website or its host, in hours, all days counted.", 24, 24, ge=1, le=168
    )
    author_days: int = key("School days an author is given to take it down.", 1, 1, ge=0, le=10)
    support: str = key(
        "What is offered to a member of staff who is the target, and who to ring.",
        "Counselling by our employee helpline, 01632 960 001.",
        "",
    )
    complaints_url: WebAddress | None = optional(
        "Where the complaints procedure stands.", "https://oakfield.example.sch.uk/complaints"
    )
    letters: Text | None = optional(
        "A folder with letters of your own; one named as ours takes its place.", "letters"
    )
    posh_at_once: bool = key(
        "true where the Professionals Online Safety Helpline may be asked beside a platform, not after it.",
        True,
        False,
    )


class CategoryTable(Table):
    """The names that your own safeguarding record has for each kind of matter: they go on the hand-over
    sheet.
    """

    safeguarding: Text | None = optional("A child who may be at risk.", "Child protection concern")
    child_image: Text | None = optional(
        "An image that may show a child undressed.", "Harmful sexual behaviour"
    )
    staff_allegation: Text | None = optional(
        "An allegation against an adult who works with children.", "Managing allegations"
    )
    terrorism: Text | None = optional("Extremism.", "Prevent")
    self_harm: Text | None = optional("Self-harm or suicide.", "Mental health")
    other: Text | None = optional("Any other safeguarding concern.", "Cause for concern")


class SchoolTable(Table):
    """One school that is watched for. What is given here decides whether a mention is about it."""

    urn: Urn = key(
        "The school's number in its nation's register, in quotes; without one, “own-” and its name. The key.",
        "900001",
    )
    name: Text = key("The name in the register.", "Oakfield Primary School")
    members: tuple[Urn, ...] = key(
        "All numbers this entry covers, where it is more than one (two URNs, one website).",
        ["900001", "900002"],
        (),
    )
    aliases: tuple[Text, ...] = key("What people call it.", ["Oakfield", "Oakfield Primary"], ())
    former_names: tuple[Text, ...] = key("Names it had before.", ["Larch Road Infants"], ())
    locality: str = key("Village or part of town.", "Larch Green", "")
    town: str = key("Town or city.", "Northvale", "")
    county: str = key("County.", "North Yorkshire", "")
    local_authority: str = key("The local authority's name.", "North Yorkshire", "")
    street: str = key("The street it stands in.", "Larch Road", "")
    postcode: Postcode | None = optional("The school's postcode.", "ZA4 2QR")
    trust: Text | None = optional("The academy trust it belongs to.", "Brightwater Learning Trust")
    domain: Domain | None = optional(
        "The domain of its website, where no other school has it.", "oakfield.example.sch.uk"
    )
    website: WebAddress | None = optional(
        "The address of its website, whole.", "https://trust.example.org/oakfield"
    )
    head: Text | None = optional(
        "The head's name, as people write it; of two, with “and” between them.", "Mrs A Example"
    )
    phase: str = key("Phase of education, in the register's words.", "primary", "")
    nation: Nation = key("Whose law and holidays apply.", "england", "england")
    sector: Literal["maintained", "academy", "independent"] | None = optional(
        "Who runs it: “maintained” (a local authority; in Northern Ireland any grant-aided school), "
        "“academy” (a trust), “independent” (no public body).",
        "independent",
    )
    namesakes: tuple[NamesakeTable, ...] = key(
        "Others of the same name, so that their trouble is not taken for yours.",
        [{"name": "Oakfield FC", "place": "Northvale", "kind": "club"}],
        (),
    )
    language: Language = key(
        "The language of what its people are sent: “en” (English). “cy” (Welsh) is taken for “en”.",
        "en",
        "en",
    )
    terms: tuple[TermTable, ...] = key(
        "Its terms; without them, and after the last, every weekday that is no bank holiday is a school day.",
        [{"first": date(2026, 9, 2), "last": date(2026, 10, 23)}],
        (),
    )
    closed: tuple[Day, ...] = key(
        "INSET days and other days without pupils.", [date(2026, 9, 1), date(2027, 1, 4)], ()
    )
    day: SchoolDay = key(
        "When its day begins and ends: what “after school” means in a post.",
        ["08:40", "15:10"],
        ("08:45", "15:15"),
    )
    social_care: str = key(
        "The number of children's social care out of hours, for an alarm that nobody answers.",
        "01632 960 777",
        "",
    )
    ladder: LadderTable = key("How removals are decided here: ⟪docs⟫ policies.", {}, LadderTable())
    categories: CategoryTable = key(
        "What your safeguarding record calls each kind of matter.", {}, CategoryTable()
    )


class TrustTable(Table):
    """The academy trust of these schools: a subject of its own, beside them (docs/trust.md)."""

    name: Text = key("The trust's name in the register.", "Brightwater Learning Trust")
    aliases: tuple[Text, ...] = key(
        "What people call it beside its name, and beside its first words with “Trust” or “schools”.",
        ["BLT"],
        (),
    )
    chief: Text | None = optional("Its chief executive, as people write the name.", "Mrs C Example")
    website: WebAddress | None = optional(
        "The address of its own website, where no school has that.", "https://trust.example.org"
    )


class SourceTable(Table):
    """One place to look at."""

    id: Id = key("A short name of your own; it stays the same when the address changes.", "northvale-gazette")
    kind: Text = key(
        "What kind of page it is: feed, forum.phpbb, reviews.generic, …; all: ⟪docs⟫ sources.", "feed"
    )
    url: SourceAddress = key("The address, whole.", "https://example.org/feed.xml")
    name: str = key("What people see; the id where it is missing.", "Northvale Gazette", "")
    channel: Channel | None = optional(
        "Where its mentions stand, where the kind cannot know it.", "local_forum"
    )
    surfaced: bool = key(
        "true where it is a search or an alert for the school's name: what it finds is kept in doubt.",
        True,
        False,
    )
    interval: Interval | None = optional(
        "How often to look, 5 minutes to 31 days; the kind's own pace otherwise.", "1h"
    )
    max_pages: int = key("How many pages of a list to follow at most.", 5, 5, ge=1, le=50)
    settings: dict[str, Any] = key("What this kind needs besides.", {"dates": "day_first"}, {})
    disabled: Text | None = optional(
        "Why it is switched off. Remove the line to switch it on.", "asked us to stop"
    )
    leave: Text | None = optional(
        "Who allowed reading a site whose terms forbid it, and when; such a source is off without it.",
        "their letter of 1 September 2026",
    )
    schools: tuple[SchoolOrTrust, ...] = key(
        "The schools it is watched for; all of them where it is missing. “trust”: the trust's own place.",
        ["900001"],
        (),
    )
    listing: bool = key(
        "true where the page is the school's own entry, so that all of it is about the school.", True, False
    )
    own: bool = key(
        "true for a page or account of the school's own: it is watched for odd posts and for its notice.",
        True,
        False,
    )
    notice: Text | None = optional(
        "The words of its notice that it is not watched around the clock, where they are not the usual ones.",
        "We look at this page on school days only.",
    )


class PersonTable(Table):
    """Somebody who is told, or who may be meant. One person may hold several roles."""

    id: Id = key("A short name of your own.", "head")
    name: Text = key("The name, as people write it.", "Mrs A Example")
    roles: tuple[Role, ...] = key("What this person is for the school.", ["head", "dsl"], min_length=1)
    email: Email | None = optional(
        "Where messages go; without it this person cannot be told.", "head@example.sch.uk"
    )
    account: Email | None = optional(
        "The name of this person's Microsoft or Google account, where it is not “email”.",
        "a.example@example.sch.uk",
    )
    schools: tuple[SchoolOrTrust, ...] = key(
        "The schools this is for; all of them, and the trust, where it is missing. “trust”: for it alone.",
        ["900001"],
        (),
    )
    chat_env: Variable | None = _env(
        "where a short message reaches this person at night "
        "(an address of GOV.UK Notify or apprise: ntfy, Teams, Slack)",
        "SCHOOLGATE_CHAT_DSL",
    )
    chat_file: Text | None = _file("that address", "chat-dsl")
    phone: Text | None = optional(
        "The number to ring, for those who may be told no more of a danger than that.", "01632 960 001"
    )
    related_to: tuple[Text, ...] = key(
        "The ids or roles of those this person is close to; whatever may accuse them is kept from both.",
        ["head"],
        (),
    )
    away_until: Day | None = optional(
        "The day this person is back; until then nobody waits for them.", date(2026, 11, 30)
    )
    cover: Id | None = optional(
        "The id of whoever is asked meanwhile, where their own role allows.", "deputy"
    )


class FormerTable(Table):
    """Somebody who has left: told nothing, signed in nowhere, and called by name in what is recorded."""

    id: Id = key("The id they had; nobody else is given it.", "head")
    name: Text = key("The name, as people write it.", "Mrs A Example")
    roles: tuple[Role, ...] = key(
        "What they were: a matter about them stays one about that office.", ["head"], ()
    )
    schools: tuple[SchoolOrTrust, ...] = key(
        "The schools that was for; all of them where it is missing.", ["900001"], ()
    )
    left: date = key("The day from which they are told nothing.", date(2027, 1, 4))


class PolicyTable(Table):
    """The settings of a school about judging and keeping."""

    look_share: float = key(
        "Largest share of mentions shown under “worth a look”.", 0.125, 0.125, ge=0, le=0.125
    )
    first_assessor: Role = key("Whose decision is asked first.", "head", Role.HEAD)
    criticism_days: int = key("Days plain criticism is kept; then only counts.", 30, 30, ge=1, le=90)
    retain_days: int = key("Days everything else about you is kept without a case.", 365, 365, ge=1, le=2555)
    unmatched_hours: int = key("Hours a find that is not about you is kept.", 24, 24, ge=1, le=24)
    names_permitted: bool = key(
        "true where your own posts are not to be looked at for a pupil's full name beside their year, since "
        "permission is held for all of them.",
        True,
        False,
    )


class MailSettings(Table):
    """The way mail goes out. Without it messages wait, and the last line of a scan says how many."""

    sign_in: Literal["password", "xoauth2", "graph"] = key(
        "How we sign in: “password” at a mail server, “xoauth2” there with a token of Microsoft 365, “graph” "
        "at Microsoft Graph, without a mail server.",
        "graph",
        "password",
    )
    host: Text | None = optional("The mail server's name; needed unless by “graph”.", "smtp.example.org")
    port: int = key("Its port.", 587, 587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = key(
        "How the line is kept private.", "starttls", "starttls"
    )
    sender: Email = key("The address messages come from.", "schoolgate@example.sch.uk")
    reply_to: Email | None = optional(
        "Where answers go; where it is missing, to “contact” if that is an address.", "office@example.sch.uk"
    )
    user: Text | None = optional(
        "The name to sign in with; by “xoauth2” the sender's where it is missing.",
        "schoolgate@example.sch.uk",
    )
    password_env: Variable | None = _env("the password", "SCHOOLGATE_SMTP_PASSWORD")
    password_file: Text | None = _file("the password", "smtp-password")
    tenant: Tenant | None = optional(
        "For a token: the school's Microsoft 365, by number (“Directory (tenant) ID”) or domain.",
        "oakfield.example.sch.uk",
    )
    client_id: ClientId | None = optional(
        "For a token: the number of the application registered there (“Application (client) ID”).",
        "00001111-aaaa-2222-bbbb-3333cccc4444",
    )
    secret_env: Variable | None = _env("the application's client secret", "SCHOOLGATE_MAIL_SECRET")
    secret_file: Text | None = _file("that secret", "mail-secret")
    certificate_file: Text | None = optional(
        "Instead of a secret: the application's certificate and its private key, in one PEM file.",
        "mail-certificate.pem",
    )


class SignInSettings(Table):
    """Sign-in with the school's Microsoft or Google account. Without it people sign in by a code by mail."""

    provider: Literal["microsoft", "google"] = key("Whose accounts they are.", "google")
    tenant: Tenant | None = optional(
        "For Microsoft: the school's Microsoft 365, by number (“Directory (tenant) ID”) or domain; that of "
        "[mail] where it is missing.",
        "0000aaaa-1111-bbbb-2222-cccc3333dddd",
    )
    domain: Domain | None = optional(
        "For Google: the domain of the school's Google Workspace, its first where it has several.",
        "oakfield.example.sch.uk",
    )
    client_id: Text | None = optional(
        "The number of the application registered there; for Microsoft that of [mail] where it is missing.",
        "00001111-aaaa-2222-bbbb-3333cccc4444",
    )
    secret_env: Variable | None = _env(
        "the application's client secret; for Microsoft that of [mail] serves where none is named",
        "SCHOOLGATE_SIGN_IN_SECRET",
    )
    secret_file: Text | None = _file("that secret", "sign-in-secret")


class ModelSettings(Table):
    """Another model instead of the one that comes with Schoolgate, how many threads it may use, and whether
    what may be grave is read again."""

    name: Text | None = optional("A Hugging Face model's name, or its folder.", "models/our-model")
    labels: dict[str, ModelLabel] = key(
        "What each of its labels is in our words.",
        {"LABEL_0": "sentiment:negative", "toxic": "abuse:harassment"},
        {},
    )
    threads: int | None = optional("Processor threads for the model; all cores otherwise.", 2, ge=1, le=256)
    second_reader: bool = key(
        "Read again, with the package schoolgate-reader where it is installed, what may be grave.", True, True
    )


class ServeSettings(Table):
    """The service: where it may be asked how it is, and where the pages behind links are served."""

    health_port: int = key(
        "The port on 127.0.0.1 for /healthz and /metrics.", 9477, DEFAULT_HEALTH_PORT, ge=1, le=65535
    )
    listen: Listen = key(
        "Where the pages behind links are served, for a web server in front that speaks TLS; "
        "only with base_url.",
        "127.0.0.1:8477",
        DEFAULT_LISTEN,
    )
    proxies: tuple[NetworkOfProxies, ...] = key(
        "The web servers in front, by address or network: what they say of where a request comes from is "
        "believed, and those on other machines may come to “listen”.",
        ["127.0.0.1"],
        (),
    )
    heartbeat_url: BeatAddress | None = optional(
        "An address that is asked every 5 minutes while posts are read and judged, so that somebody "
        "elsewhere notices when that ends (⟪docs⟫ service).",
        "https://beats.example.org/your-check",
        repr=False,
    )
    heartbeat_env: Variable | None = _env("that address, where others read this file", "SCHOOLGATE_HEARTBEAT")
    heartbeat_file: Text | None = optional("A file whose first line is that address.", "heartbeat")

    drills: bool = key(
        "true for a drill of the alarm once a term: announced the day before, in school hours, to those whom "
        "a threat to the school would reach (⟪docs⟫ alerts-and-mail). It needs term dates and base_url.",
        True,
        False,
    )

    @property
    def listen_given(self) -> bool:
        """Does the file say where the pages are served?"""
        return "listen" in self.model_fields_set


class DigestSettings(Table):
    """The daily digest of the leadership team."""

    at: TimeOfDay = key("When it is sent, on school days.", "07:30", "07:30")
    excerpts: Literal["none", "news", "public"] = key(
        "Whose own words stand in it: “public” those of any public post (its headline or first dozen words, "
        "with its address), “news” only of news articles, “none” nobody’s.",
        "none",
        "public",
    )
    together: tuple[Id, ...] = key(
        "Who is sent one digest for all their schools, by id, beside the contacts of a trust.",
        ["g-trust"],
        (),
    )


class EvidenceSettings(Table):
    """The way evidence is kept: the browser that takes pictures, and the time server that dates them."""

    browser: Text | None = optional(
        "The Chromium or Chrome to take pictures with; looked for in the usual places without it.",
        "/usr/bin/chromium",
    )
    timestamp_url: WebAddress | None = optional(
        "A time-stamp server (RFC 3161); it is sent a hash and nothing else.",
        "https://timestamp.example.org/tsr",
    )
    timestamp_ca: Text | None = optional(
        "The certificates its stamps are checked against, as a PEM file.", "timestamp-ca.pem"
    )
    witness: Id | None = optional(
        "Whose digest bears the end of the record, by id, so that a rewritten one shows: somebody who cannot "
        "write the home's files alone, so not whoever keeps the machine.",
        "deputy",
    )


class NetworkTable(Table):
    """The network that Schoolgate stands in: a proxy, authorities and servers of its own."""

    proxy: ProxyAddress | None = optional(
        "The proxy through which all but a mail server is asked, where nothing else leads out.",
        "http://proxy.oakfield.example.sch.uk:8080",
    )
    proxy_user: Text | None = optional("The name to sign in with there.", "schoolgate")
    proxy_password_env: Variable | None = _env("its password", "SCHOOLGATE_PROXY_PASSWORD")
    proxy_password_file: Text | None = _file("that password", "proxy-password")
    ca_file: Text | None = optional(
        "Authorities that are trusted beside the world's and this machine's: those of a web filter that "
        "reads encrypted pages, as a PEM file.",
        "filter-ca.pem",
    )
    own_servers: tuple[Host, ...] = key(
        "Servers for short messages or mailboxes that stand in the school's own network, by name.",
        ["ntfy.oakfield.example.sch.uk"],
        (),
    )


class CliTable(Table):
    """The commands on this machine."""

    me: Id | None = optional(
        "Who you are, by id, unless --as or SCHOOLGATE_AS says so; without any, commands show no words.",
        "head",
    )


class DpiaSettings(Table):
    """The data protection impact assessment."""

    recorded_on: Day | None = optional("The day it was signed.", date(2026, 9, 1))


class WrittenPolicy(Table):
    """A written policy that Schoolgate's work rests on, so that its review is not forgotten."""

    title: Text = key("What it is called.", "Social media policy")
    schools: tuple[SchoolOrTrust, ...] = key(
        "The schools it holds for; all of them where it is missing.", ["900001"], ()
    )
    file: Text | None = optional("Its text, as a file.", "social-media-policy.pdf")
    version: str = key("Its version.", "3", "")
    approved_on: Day | None = optional("The day it was approved.", date(2025, 9, 1))
    review_due: Day | None = optional("The day its review is due.", date(2026, 9, 1))
    owner: Text | None = optional("Who owns it: the id of one of the people, or a name.", "head")


class OwnAccount(Table):
    """A page or account that the school runs itself, and by whom; whether it is watched is said by its
    source."""

    id: Id = key("A short name of your own.", "our-facebook")
    name: Text = key("What people call it.", "The school's Facebook page")
    url: WebAddress | None = optional("Its address.", "https://www.facebook.com/oakfieldprimary")
    schools: tuple[SchoolOrTrust, ...] = key(
        "The schools whose account it is; all of them where it is missing.", ["900001"], ()
    )
    staff: tuple[Text, ...] = key(
        "The two members of staff or more who run it: the ids of people above, or names.",
        ["it", "Ms B Example"],
        (),
    )
    owner: Text | None = optional("Who answers for it: the id of one of the people, or a name.", "head")
    purpose: str = key("What it is for, and why it is needed.", "News for parents", "")
    disclaimer: str = key(
        "What its profile says: whose views stand there, when it is read, where concerns go.",
        "Read in school hours. Concerns: the office.",
        "",
    )
    since: Day | None = optional("The day it was approved.", date(2026, 9, 1))
    approved_by: Text | None = optional("Who approved it: the id of one of the people, or a name.", "head")
    trained: tuple[Text, ...] = key("Those of its staff who are trained for it.", ["it"], ())
    access: Literal["open", "closed"] = key(
        "“open” where anybody may follow it, “closed” where only those may whom its staff let in.",
        "closed",
        "open",
    )
    closed_on: Day | None = optional("The day it was closed for good.", date(2027, 7, 20))


class TomlFile(Table):
    """The whole of `schoolgate.toml`."""

    zone: Zone = key("The time zone people see.", "Europe/London", "Europe/London")
    contact: Contact | None = optional(
        "Who answers for the collecting; every site we ask is told it.", "office@oakfield.example.sch.uk"
    )
    register_file: Text | None = optional(
        "The register of schools, a CSV file (may be .gz), to tell namesakes apart.", "gias.csv.gz"
    )
    updates: Text | None = optional(
        "Who hears of a new version, or of a hole in this one, and how; nobody is asked by program.",
        "Ms Dray, by the releases and security notices of the repository",
    )
    base_url: BaseAddress | None = optional(
        "Where people reach Schoolgate's pages, for the links in messages; without it there are no links.",
        "https://schoolgate.example.sch.uk",
    )
    to_look_up: tuple[Host, ...] = key(
        "Sites that did not answer when places were looked for; proposing places asks them again.",
        ["oakfield.example.sch.uk"],
        (),
    )
    natures: dict[Host, Literal["paper", "board", "blog", "reviews", "body"]] = key(
        "What a site is that searches find things on, by its host.", {"lookout.example.org": "paper"}, {}
    )
    schools: tuple[SchoolTable, ...] = key("The schools: one `[[schools]]` each.", [], min_length=1)
    trust: TrustTable | None = optional("The academy trust of these schools.", {})
    sources: tuple[SourceTable, ...] = key("The places to look at: one `[[sources]]` each.", [], ())
    people: tuple[PersonTable, ...] = key("The people: one `[[people]]` each.", [], ())
    former: tuple[FormerTable, ...] = key("Who has left: one `[[former]]` each.", [], ())
    policy: PolicyTable = key("Judging and keeping.", {}, PolicyTable())
    mail: MailSettings | None = optional("How mail goes out.", {})
    sign_in: SignInSettings | None = optional("Sign-in with the school's accounts.", {})
    model: ModelSettings = key("The model.", {}, ModelSettings())
    serve: ServeSettings = key("The service.", {}, ServeSettings())
    digest: DigestSettings = key("The daily digest.", {}, DigestSettings())
    network: NetworkTable = key("The network it stands in.", {}, NetworkTable())
    evidence: EvidenceSettings = key("Evidence.", {}, EvidenceSettings())
    cli: CliTable = key("The commands on this machine.", {}, CliTable())
    dpia: DpiaSettings = key("The data protection impact assessment.", {}, DpiaSettings())
    policies: tuple[WrittenPolicy, ...] = key("Written policies: one `[[policies]]` each.", [], ())
    accounts: tuple[OwnAccount, ...] = key("The school's own accounts: one `[[accounts]]` each.", [], ())

    @model_validator(mode="before")
    @classmethod
    def _without_plugins(cls, given: Any) -> Any:
        """A file of before without its `[plugins]`, which means nothing any more."""
        return {k: v for k, v in given.items() if k != "plugins"} if isinstance(given, dict) else given
