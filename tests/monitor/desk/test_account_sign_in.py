"""Signing in with an account of Microsoft or Google: whose token is taken, and whose it is."""

import logging
import threading
from base64 import b32decode, b32encode
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from builders.account_visit import AccountVisit
from builders.desk import OpenDesk
from builders.fetcher import NOW, QUICK, fetcher_for
from builders.home import a_migrated_store, do_in, rows_of
from builders.page import CHILD, buttons_of, form_of, words_of
from pydantic import SecretStr
from support.for_each import for_each
from support.oidc_provider import (
    BACK,
    CLIENT,
    OTHER_TENANT,
    SECRET,
    TENANT,
    LocalProvider,
    key,
    oidc_provider,
)
from support.web_server import Answer, Exchange

from alerts.links import Links
from data.store.engine import audit_chain
from data.store.sources import put_people
from data.types import Person, Role, School
from data.words.say import words
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.config.model import ServeSettings, SignInSettings
from monitor.desk import oidc
from monitor.desk.oidc import LIMITS, Begun, Microsoft, OidcSignIn, ProvedAccount, SignInRefusal
from monitor.desk.sign_in import account_person
from monitor.service.serve import page_web, serve_desk

HEAD = "head@oakfield.example.org"
SETTINGS = {
    "microsoft": SignInSettings(provider="microsoft", tenant=TENANT.upper(), client_id=CLIENT),
    "google": SignInSettings(provider="google", domain="oakfield.example.org", client_id=CLIENT),
}


class SignInTry:
    """Somebody at a browser, a provider, and ours between them."""

    def __init__(self, there: LocalProvider, **settings: object) -> None:
        self.there = there
        config = Config(
            Path("schoolgate.toml"), (School("900001", "Oakfield"),), base_url="https://schoolgate.example.org",
            sign_in=SETTINGS[there.kind].model_copy(update=settings), sign_in_secret=SecretStr(SECRET),
        )  # fmt: skip
        self.context = Context(config, Path(), Links(config.base_url, b"k" * 32))
        limits = replace(LIMITS, deadline_s=0.4)
        self.fetcher = fetcher_for(there.site, limits=limits, obey_robots=False)
        self.ours = OidcSignIn(lambda: self.context, self.fetcher, authority=str(there.site))

    def begin(self, *, fresh: bool = False) -> Begun:
        begun = self.ours.begin(NOW, fresh=fresh)
        assert isinstance(begun, Begun), begun
        return begun

    def through(self, *, fresh: bool = False, after=timedelta(seconds=30)) -> ProvedAccount | SignInRefusal:
        """One sign-in from its beginning to its end."""
        begun = self.begin(fresh=fresh)
        return self.ours.finish(begun.kept, self.there.come_back(begun.url), NOW + after)


@pytest.fixture
def microsoft() -> Iterator[SignInTry]:
    with oidc_provider("microsoft") as there:
        yield SignInTry(there)


@pytest.fixture
def google() -> Iterator[SignInTry]:
    with oidc_provider("google") as there:
        yield SignInTry(there)


def test_an_account_is_known_by_its_object_id_at_microsoft_and_by_its_subject_at_google(microsoft, google):
    assert microsoft.through() == ProvedAccount(microsoft.there.issuer, "oid-of-head", HEAD)
    assert google.through() == ProvedAccount(google.there.issuer, "sub-of-head", HEAD)


def test_a_tenant_named_by_its_domain_is_learnt_from_the_provider(microsoft):
    there = microsoft.there
    there.routes["/oakfield.example.org/v2.0/.well-known/openid-configuration"] = there._discover
    by_domain = SignInTry(there, tenant="oakfield.example.org")
    assert isinstance(by_domain.through(), ProvedAccount)
    there.claims["tid"] = OTHER_TENANT
    assert by_domain.through() is SignInRefusal.TENANT


def test_a_token_signed_by_es256_is_taken(google):
    google.there.signer, google.there.algorithm = key("curve", "EC"), "ES256"
    google.there.published = [google.there.signer]
    assert isinstance(google.through(), ProvedAccount)


def test_each_sign_in_asks_with_a_state_nonce_and_challenge_of_its_own(microsoft):
    for _ in range(2):
        microsoft.there.come_back(microsoft.begin().url)
    asked = list(microsoft.there.asked.values())
    for name in ("state", "nonce", "code_challenge"):
        assert len({one[name] for one in asked}) == 2
        assert all(len(one[name]) == 43 for one in asked)
    assert asked[0]["redirect_uri"] == BACK
    assert asked[0]["scope"] == "openid profile"


def at(seconds: int) -> int:
    return int(NOW.timestamp()) + seconds


WRONG_AT_BOTH = (
    ({"iss": "https://login.example.org/common/v2.0"}, SignInRefusal.ISSUER),
    ({"iss": None}, SignInRefusal.ISSUER),
    ({"aud": "another-application"}, SignInRefusal.AUDIENCE),
    ({"aud": [CLIENT, "another-application"]}, SignInRefusal.AUDIENCE),
    ({"azp": "another-application"}, SignInRefusal.AUDIENCE),
    ({"aud": None}, SignInRefusal.AUDIENCE),
    ({"nonce": "of-another-sign-in"}, SignInRefusal.NONCE),
    ({"nonce": None}, SignInRefusal.NONCE),
    ({"exp": at(-121 + 30)}, SignInRefusal.CLOCK),
    ({"exp": None}, SignInRefusal.CLOCK),
    ({"nbf": at(121 + 30)}, SignInRefusal.CLOCK),
    ({"iat": at(121 + 30)}, SignInRefusal.CLOCK),
    ({"iat": "yesterday"}, SignInRefusal.CLOCK),
    ({"iat": None}, SignInRefusal.CLOCK),
)


def test_a_clock_that_is_two_minutes_off_does_no_harm_and_one_that_is_further_off_does(microsoft):
    for off in (-115, 115):
        microsoft.there.now = NOW + timedelta(seconds=off)
        microsoft.there.claims = {"exp": at(off + 5)} if off < 0 else {}
        assert isinstance(microsoft.through(after=timedelta()), ProvedAccount), off
    microsoft.there.now = NOW + timedelta(seconds=125)
    assert microsoft.through(after=timedelta()) is SignInRefusal.CLOCK


OF_ANOTHER = (
    ({"tid": OTHER_TENANT}, SignInRefusal.TENANT),
    ({"tid": None}, SignInRefusal.TENANT),
    ({"idp": f"https://sts.windows.net/{OTHER_TENANT}/"}, SignInRefusal.TENANT),
    ({"acct": 1}, SignInRefusal.TENANT),
    ({"iss": f"/{OTHER_TENANT}/v2.0", "tid": OTHER_TENANT}, SignInRefusal.ISSUER),
    ({"preferred_username": "head@oakfield.example.ſrg"}, SignInRefusal.NOBODY),
    ({"email": HEAD, "preferred_username": None}, SignInRefusal.NOBODY),
)
"""Of another tenant, with a letter that only looks like another, or named by what is never read."""


def test_the_email_claim_of_microsoft_is_never_read(microsoft):
    microsoft.there.claims = {"email": HEAD, "preferred_username": "other@oakfield.example.org"}
    assert microsoft.through().user_name == "other@oakfield.example.org"


def test_a_provider_that_names_another_issuer_is_not_begun_with(microsoft):
    other = SignInTry(microsoft.there, tenant=OTHER_TENANT)
    microsoft.there.routes[f"/{OTHER_TENANT}/v2.0/.well-known/openid-configuration"] = (
        microsoft.there._discover
    )
    assert other.ours.begin(NOW) is SignInRefusal.ISSUER


def test_the_tenant_of_everybodys_own_accounts_is_no_schools():
    everybodys = "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"
    assert not Microsoft("outlook.example.org").names(everybodys)
    assert Microsoft("oakfield.example.org").names(everybodys.replace("9188040d", "0000aaaa"))


def test_a_provider_that_names_a_less_private_address_is_not_begun_with(google):
    said = google.there._discover(None)
    elsewhere = said.body.replace(f"{google.there.site}/token".encode(), b"ftp://127.0.0.1/token")
    google.there.routes[google.there.discovery] = Answer(200, elsewhere)
    assert google.ours.begin(NOW) is SignInRefusal.DOWN


NOT_THE_SCHOOLS = (
    ({"hd": None}, SignInRefusal.TENANT),
    ({"hd": "other.example.org"}, SignInRefusal.TENANT),
    ({"email_verified": False}, SignInRefusal.UNVERIFIED),
    ({"email_verified": "true"}, SignInRefusal.UNVERIFIED),
    ({"email_verified": None}, SignInRefusal.UNVERIFIED),
)


@for_each(("claims", "refusal"), WRONG_AT_BOTH + NOT_THE_SCHOOLS)
def test_a_google_token_of_another_or_another_time_or_school_signs_nobody_in(google, claims, refusal):
    google.there.claims = claims
    assert google.through() is refusal


@for_each(("claims", "refusal"), WRONG_AT_BOTH + OF_ANOTHER)
def test_a_microsoft_token_of_another_or_another_time_or_tenant_signs_nobody_in(microsoft, claims, refusal):
    there = microsoft.there
    of_this_site = (claims.get("iss") or "").startswith("/")
    there.claims = claims | ({"iss": f"{there.site}{claims['iss']}"} if of_this_site else {})
    assert microsoft.through() is refusal


FORGED: tuple[Callable[[LocalProvider, dict], str], ...] = (
    LocalProvider.unsigned,
    LocalProvider.signed_with_what_is_public,
    lambda there, said: there.signed(said)[:-6] + "AAAAAA",
    lambda there, said: "no token at all",
    lambda there, said: "",
)


@for_each("forged", FORGED)
def test_a_token_that_the_provider_did_not_sign_is_refused(microsoft, forged):
    begun, there = microsoft.begin(), microsoft.there
    back = there.come_back(begun.url)
    there.token = forged(there, there.said_of(there.asked[back["code"]]))
    assert microsoft.ours.finish(begun.kept, back, NOW) is SignInRefusal.SIGNATURE


def test_a_token_signed_by_a_key_of_the_same_name_is_refused(microsoft):
    other = key("second")
    microsoft.there.signer = type(other).import_key(other.as_dict(private=True) | {"kid": "first"})
    assert microsoft.through() is SignInRefusal.SIGNATURE


def fetches(tried: SignInTry, path: str = "/keys") -> int:
    return tried.there.site.paths.count(path)


def test_keys_that_were_changed_are_read_again_and_no_more_often_than_each_minute(microsoft):
    microsoft.through()
    microsoft.there.signer = key("second")
    microsoft.there.published = [key("second")]
    assert isinstance(microsoft.through(after=timedelta(seconds=91)), ProvedAccount)
    assert fetches(microsoft) == 2
    microsoft.there.signer = key("third")
    for second in range(10):
        assert microsoft.through(after=timedelta(seconds=92 + second)) is SignInRefusal.KEY
    assert fetches(microsoft) == 2
    assert fetches(microsoft, microsoft.there.discovery) == 1


def test_a_secret_among_the_keys_signs_nothing(microsoft):
    oct_key = b'{"keys": [{"kty": "oct", "kid": "first", "k": "AAAA"}, 1]}'
    microsoft.there.routes["/keys"] = Answer(200, oct_key)
    assert microsoft.through() is SignInRefusal.KEY


def test_a_state_of_another_sign_in_is_refused_before_the_provider_is_asked(microsoft):
    begun, other = microsoft.begin(), microsoft.begin()
    back = microsoft.there.come_back(other.url)
    assert microsoft.ours.finish(begun.kept, back, NOW) is SignInRefusal.STATE
    assert microsoft.ours.finish(begun.kept, {"code": back["code"]}, NOW) is SignInRefusal.STATE
    assert fetches(microsoft, "/token") == 0


def changed(kept: str) -> str:
    held = bytearray(b32decode(kept.upper() + "=" * (-len(kept) % 8)))
    held[20] ^= 1
    return b32encode(bytes(held)).decode().rstrip("=").lower()


def test_what_a_browser_keeps_cannot_be_made_or_changed_by_it(microsoft):
    begun = microsoft.begin()
    back = microsoft.there.come_back(begun.url)
    page = microsoft.context.links.page("s-one", "head", NOW).rpartition("/")[2]
    for kept in ("", "a" * 80, page, changed(begun.kept), begun.kept[:-8]):
        assert microsoft.ours.finish(kept, back, NOW) is SignInRefusal.STATE


def test_signing_in_may_take_ten_minutes(microsoft):
    assert isinstance(microsoft.through(after=timedelta(minutes=10)), ProvedAccount)
    assert microsoft.through(after=timedelta(minutes=10, seconds=1)) is SignInRefusal.EXPIRED
    assert microsoft.through(after=timedelta(seconds=-1)) is SignInRefusal.EXPIRED


def test_a_state_is_good_once_also_where_its_sign_in_failed(microsoft):
    for code, ends in (({}, ProvedAccount), ({"code": "bogus"}, SignInRefusal)):
        begun = microsoft.begin()
        back = microsoft.there.come_back(begun.url)
        assert isinstance(microsoft.ours.finish(begun.kept, back | code, NOW), ends)
        assert microsoft.ours.finish(begun.kept, back, NOW) is SignInRefusal.STATE
    assert fetches(microsoft, "/token") == 2


def test_nobody_waits_for_another_whom_the_provider_keeps_waiting(microsoft):
    came, goes_on = threading.Event(), threading.Event()

    def slow(exchange: Exchange) -> Answer:
        came.set()
        goes_on.wait(5)
        return microsoft.there._discover(exchange)

    microsoft.there.routes[microsoft.there.discovery] = slow
    first = threading.Thread(target=microsoft.begin)
    first.start()
    came.wait(5)
    microsoft.there.routes[microsoft.there.discovery] = microsoft.there._discover
    assert isinstance(microsoft.ours.begin(NOW), Begun)
    goes_on.set()
    first.join()


def test_the_code_of_another_browser_is_refused_by_its_challenge(microsoft):
    begun, other = microsoft.begin(), microsoft.begin()
    state = microsoft.there.come_back(begun.url)["state"]
    stolen = microsoft.there.come_back(other.url)["code"]
    refused = microsoft.ours.finish(begun.kept, {"code": stolen, "state": state}, NOW)
    assert refused is SignInRefusal.CODE


SAID_BACK = (
    ("access_denied", SignInRefusal.DENIED),
    ("login_required", SignInRefusal.DENIED),
    ("temporarily_unavailable", SignInRefusal.DOWN),
    ("unauthorized_client", SignInRefusal.SET_UP),
    ("<script>", SignInRefusal.SET_UP),
)


@for_each(("error", "refusal"), SAID_BACK)
def test_what_the_provider_sends_the_browser_back_with_is_named(microsoft, error, refusal):
    begun = microsoft.begin()
    back = {"state": microsoft.there.come_back(begun.url)["state"], "error": error}
    assert microsoft.ours.finish(begun.kept, back, NOW) is refusal


def test_a_wrong_secret_is_a_matter_of_the_set_up_and_without_settings_nobody_signs_in_so(microsoft):
    whole = microsoft.context
    microsoft.context = replace(whole, config=replace(whole.config, sign_in_secret=SecretStr("run-out")))
    assert microsoft.through() is SignInRefusal.SET_UP
    for lacks in ({"sign_in": None}, {"sign_in_secret": None}):
        microsoft.context = replace(whole, config=replace(whole.config, **lacks))
        assert microsoft.ours.begin(NOW) is SignInRefusal.SET_UP


def test_the_second_check_asks_for_the_password_again(microsoft):
    microsoft.there.come_back(microsoft.begin(fresh=True).url)
    (asked,) = microsoft.there.asked.values()
    assert (asked["max_age"], asked["prompt"]) == ("0", "login")


def test_the_second_check_wants_a_sign_in_since_it_was_asked_for_and_of_ten_minutes_at_most(microsoft):
    for ago, taken in ((-540, True), (-60, True), (121, False), (590, False)):
        microsoft.there.claims = {"auth_time": at(-ago)}
        found = microsoft.through(fresh=True, after=timedelta(minutes=9))
        assert (found is SignInRefusal.STALE) is not taken, ago
    for ago, taken in ((0, True), (120, True), (121, False), (601, False), (-121, False)):
        microsoft.there.claims = {"auth_time": at(-ago)}
        found = microsoft.through(fresh=True, after=timedelta())
        assert (found is SignInRefusal.STALE) is not taken, ago
    for unsaid in (None, True, str(at(0))):
        microsoft.there.claims = {"auth_time": unsaid}
        assert microsoft.through(fresh=True, after=timedelta()) is SignInRefusal.STALE
    microsoft.there.claims = {"auth_time": at(-86400)}
    assert isinstance(microsoft.through(), ProvedAccount)


def drips(exchange: Exchange) -> None:
    exchange.head(200, Content_Type="application/json")
    while exchange.wait(0.05):
        exchange.write(b" ")


def huge(exchange: Exchange) -> None:
    exchange.head(200, Content_Type="application/json")
    exchange.write(b'{"issuer": "' + b"a" * 600_000 + b'"}')


BROKEN = (
    drips,
    huge,
    Answer(503, b"down"),
    Answer(200, b"<html>a filter</html>", {"Content-Type": "text/html"}),
    Answer(200, b"[" * 50_000, {"Content-Type": "application/json"}),
    Answer(200, b"[1]", {"Content-Type": "application/json"}),
)


@for_each("answer", BROKEN)
def test_a_provider_that_is_down_slow_or_answers_with_anything_else_is_told_as_down(answer):
    with oidc_provider("google") as there:
        there.routes["/token"] = answer
        assert SignInTry(there).through() is SignInRefusal.DOWN
        there.routes[there.discovery] = answer
        if answer is not drips:
            assert SignInTry(there).ours.begin(NOW) is SignInRefusal.DOWN


def test_a_provider_that_is_down_is_asked_again_after_a_quarter_of_a_minute(google):
    real = google.there.routes[google.there.discovery]
    google.there.routes[google.there.discovery] = Answer(503, b"down")
    for second in (0, 1, 14):
        assert google.ours.begin(NOW + timedelta(seconds=second)) is SignInRefusal.DOWN
    assert fetches(google, google.there.discovery) == 1
    google.there.routes[google.there.discovery] = real
    assert isinstance(google.ours.begin(NOW + timedelta(seconds=15)), Begun)


def test_a_tenant_that_is_not_known_yet_is_asked_for_again_and_what_is_known_serves_meanwhile(microsoft):
    there = microsoft.there
    real = there.routes[there.discovery]
    there.routes[there.discovery] = Answer(400, b'{"error": "invalid_tenant"}')
    assert microsoft.ours.begin(NOW) is SignInRefusal.ISSUER
    there.routes[there.discovery] = real
    assert isinstance(microsoft.ours.begin(NOW + timedelta(seconds=15)), Begun)
    there.routes[there.discovery] = Answer(503, b'{"error": "down"}')
    assert isinstance(microsoft.ours.begin(NOW + timedelta(days=2)), Begun)


def test_the_secret_follows_no_redirect(google):
    with oidc_provider("google") as elsewhere:
        elsewhere_token = Answer(307, b"", {"Location": f"{elsewhere.site}/token"})
        google.there.routes["/token"] = elsewhere_token
        google.fetcher.allow_loopback |= elsewhere.site.allowed
        assert google.through() is SignInRefusal.DOWN
        google.there.routes["/token"] = Answer(307, b"", {"Location": f"{google.there.site}/keys"})
        assert google.through() is SignInRefusal.DOWN
        assert elsewhere.site.asked == []


def test_a_private_address_is_not_asked():
    with oidc_provider("google") as there:
        tried = SignInTry(there)
        tried.ours = OidcSignIn(
            lambda: tried.context, fetcher_for(limits=QUICK, obey_robots=False), authority=str(there.site)
        )
        assert tried.ours.begin(NOW) is SignInRefusal.DOWN
        assert there.site.asked == []


def test_neither_codes_tokens_names_nor_secrets_are_logged(microsoft, caplog):
    caplog.set_level(logging.DEBUG)
    begun = microsoft.begin()
    microsoft.there.claims = {"tid": OTHER_TENANT}
    back = microsoft.there.come_back(begun.url)
    assert microsoft.ours.finish(begun.kept, back, NOW) is SignInRefusal.TENANT
    assert "refused=tenant" in caplog.text
    for hidden in (SECRET, back["code"], back["state"], "oid-of-head", "oakfield.example.org", "eyJ"):
        assert hidden not in caplog.text.lower()
    assert SECRET not in repr(microsoft.ours._client())


# -------------------------------------------------- at the desk: to its provider, back, and in, or why not


@pytest.fixture
def desk(tmp_path):
    with oidc_provider("microsoft") as there:
        yield AccountVisit(tmp_path, there)


def checked(desk):
    return rows_of(desk.store, "SELECT checked_at IS NOT NULL FROM sessions")


def test_an_account_of_the_school_signs_its_person_in_and_a_device_of_ones_own_is_remembered(desk):
    assert "/sign-in/account?to=/" in desk.browser.get("/sign-in").text
    answer = desk.through(to="/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-out")
    assert "Jane Holt" in desk.browser.get("/sign-out").text
    assert desk.sessions() == [("head", "shared")]
    assert desk.audited("account_linked") == [("account_linked", "head", "head")]
    desk.browser.cookies.clear()
    desk.through(device="own")
    assert desk.sessions() == [("head", "own"), ("head", "shared")]


def test_an_account_that_is_called_otherwise_is_signed_in_no_more(desk):
    desk.rename("head", account="holt@example.org")
    desk.there.claims["preferred_username"] = "holt@example.org"
    assert desk.through().headers["location"] == "/"
    desk.rename("head", email="other@example.org")
    assert desk.browser.get("/sign-out").status_code == 200
    desk.rename("head", account="newcomer@example.org")
    assert desk.browser.get("/sign-out").status_code == 303


def test_an_account_that_was_signed_in_before_is_no_second_check_nor_is_that_of_somebody_else(desk):
    desk.through()
    assert checked(desk) == [(False,)]
    desk.becomes("dsl")
    assert desk.through().headers["location"] == "/check?refused=other&to=%2F"
    assert [who for who, _ in desk.sessions()] == ["head"]
    desk.becomes("head")
    answer = desk.through()
    assert dict(desk.there.asked) == {}
    assert (answer.headers["location"], checked(desk)) == ("/", [(True,)])


def test_what_was_begun_by_nobody_is_no_second_check_of_whoever_came_between(desk):
    back = desk.there.come_back(desk.go().headers["location"])
    desk.sign_in("head")
    desk.there.now = desk.clock()
    desk.browser.get("/sign-in/return", params=back)
    assert checked(desk) == [(False,)]


def test_a_link_to_what_is_restricted_opens_by_an_account_whose_password_is_asked_for(tmp_path):
    with oidc_provider("microsoft") as there:
        desk = AccountVisit(tmp_path, there, told=("dsl",), **CHILD)
        desk.becomes("dsl")
        path = desk.path("dsl")
        assert f'"/sign-in/account?fresh=1&amp;to={path}"' in desk.browser.get(path).text
        assert desk.through(to=path).headers["location"] == path
        assert buttons_of(desk.browser.get(path)) == ["send_code"]
        assert desk.through(to=path, fresh="1").headers["location"] == path
        assert buttons_of(desk.browser.get(path)) == ["read", "take"]
        desk.wait(minutes=11)
        path = desk.context.links.at_desk("s-one")  # where the desk has it, too
        assert f'"/sign-in/account?fresh=1&amp;to={path}"' in desk.browser.get(path).text
        assert desk.through(to=path, fresh="1").headers["location"] == path
        assert "read" in buttons_of(desk.browser.get(path))


def test_no_account_is_offered_where_what_was_typed_would_be_lost_by_it(tmp_path):
    with oidc_provider("microsoft") as there:
        desk = AccountVisit(tmp_path, there, told=("dsl",), **CHILD)
        path = desk.path("dsl")
        form = form_of(desk.browser.get(path))
        desk.wait(seconds=5)
        page = desk.browser.post(path, data={**form, "why": "It was at home", "do": "wrong"})
    assert "typed" in form_of(page)
    assert "/sign-in/account" not in page.text


def test_what_came_back_to_another_browser_or_of_somebody_whom_the_settings_do_not_name_signs_nobody_in(desk):
    back = desk.there.come_back(desk.go().headers["location"])
    assert len(desk.browser.cookies) == 1
    other = desk.another().get("/sign-in/return", params=back)
    assert other.headers["location"].startswith("/sign-in?refused=state")
    answer = desk.browser.get("/sign-in/return", params={"state": "another", "code": "another"})
    assert answer.headers["location"] == "/sign-in?refused=state&to=%2F"
    assert len(desk.browser.cookies) == 0
    desk.there.claims["preferred_username"] = "other@oakfield.example.org"
    page = desk.browser.get(desk.through().headers["location"])
    assert words("en")("desk.refused.nobody") in words_of(page)
    assert desk.sessions() == []


def test_a_browser_is_sent_back_to_no_other_site_and_every_refusal_is_said(desk):
    for to in ("https://other.example.org/", "//other.example.org", "/\\other.example.org"):
        location = urlsplit(desk.through(to=to).headers["location"])
        assert (location.netloc, location.path) == ("", "/")
        desk.browser.cookies.clear()
    for refusal in SignInRefusal:
        page = desk.browser.get(f"/sign-in?refused={refusal}")
        assert words("en")(f"desk.refused.{refusal}") in words_of(page)
    assert "role=" not in desk.browser.get("/sign-in?refused=<script>").text.partition("<main")[2]


def test_without_such_a_sign_in_none_is_offered(desk):
    desk.context = replace(desk.context, config=replace(desk.context.config, sign_in=None))
    assert "/sign-in/account" not in desk.browser.get("/sign-in").text
    assert desk.go().headers["location"] == "/sign-in?refused=set_up&to=%2F"
    (other,) = (OpenDesk(desk.store.home.parent / "other"),)
    for path in ("/sign-in/account", "/sign-in/return"):
        assert "refused=set_up" in other.browser.get(path).headers["location"]
        assert other.browser.head(path).status_code == 404


def test_google_is_offered_to_sign_in_and_not_to_prove_it_anew(tmp_path):
    with oidc_provider("google") as there:
        desk = AccountVisit(tmp_path, there)
        there.claims["email"] = desk.address("head")
        assert "/sign-in/account" in desk.browser.get("/sign-in").text
        assert desk.through().headers["location"] == "/"
        assert "/sign-in/account" not in desk.browser.get("/check").text


def test_the_service_sends_a_browser_to_the_provider_that_the_settings_name(desk, monkeypatch):
    asked = []
    fetcher = fetcher_for(desk.there.site, obey_robots=False)
    monkeypatch.setattr(oidc, "MICROSOFT", str(desk.there.site))
    monkeypatch.setattr(
        "monitor.home.wiring.fetcher", lambda config, **given: asked.append(given) or nullcontext(fetcher)
    )
    config = replace(desk.context.config, serve=ServeSettings.model_construct(listen="127.0.0.1:0"))
    desk.context = replace(desk.context, config=config)
    web = page_web(serve_desk(desk.store, lambda: desk.context, desk.clock), config.serve)
    web.start()
    try:
        at = f"http://127.0.0.1:{web.port}/sign-in/account"
        answer = requests.get(at, allow_redirects=False, timeout=5)
    finally:
        web.stop()
    assert answer.headers["location"].startswith(f"{desk.there.site}/authorize?")
    assert [(one["obey_robots"], one["limits"].max_redirects) for one in asked] == [(False, 0)]


# ------------------------------------------------- whose it is: by name the first time, by id from then on


ISSUER = "https://login.example.org/v2.0"
MRS_A = Person("head", "Mrs A Example", (Role.HEAD,), "Head@oakfield.example.org")
DEPUTY = Person("deputy", "Mr B Example", (Role.DEPUTY_HEAD,), "office@oakfield.example.org")
OFFICE = Person("office", "Ms C Example", (Role.STAFF,), "office@oakfield.example.org")
NAMELESS = Person("dsl", "Mr D Example", (Role.DSL,))
PEOPLE = (MRS_A, DEPUTY, OFFICE, NAMELESS)


def account(subject="oid-of-head", name="head@oakfield.example.org", issuer=ISSUER) -> ProvedAccount:
    return ProvedAccount(issuer, subject, name)


@pytest.fixture
def store(tmp_path):
    return a_migrated_store(tmp_path / "home")


def asked(store, given=None, people=PEOPLE, now=NOW) -> Person | SignInRefusal:
    return do_in(store, account_person, given or account(), people, now)


def linked(store) -> list[tuple[str, ...]]:
    return rows_of(store, "SELECT subject, person_id, user_name FROM accounts ORDER BY ALL")


def test_the_first_sign_in_goes_by_name_whatever_its_letters_and_from_then_on_by_id_whatever_its_name(store):
    assert asked(store) == MRS_A
    first = [("oid-of-head", "head", "head@oakfield.example.org")]
    assert linked(store) == first
    with store.write("configuration") as con:  # the settings are read again
        put_people(con, PEOPLE)
    elsewhere = account(name="nobody@oakfield.example.org", issuer="https://accounts.example.org")
    assert asked(store, elsewhere) is SignInRefusal.NOBODY
    assert asked(store, account("oid-of-another")) is SignInRefusal.TAKEN
    assert asked(store, account("oid-d", "other@oakfield.example.org")) is SignInRefusal.NOBODY
    assert asked(store, account("oid-d", "")) is SignInRefusal.NOBODY
    assert linked(store) == first
    for name in ("a.new-name@oakfield.example.org", "office@oakfield.example.org"):
        assert asked(store, account(name=name)) == MRS_A


def test_an_account_of_its_own_is_named_in_place_of_the_address(store):
    deputy = replace(DEPUTY, account="B.Example@oakfield.example.org")
    assert asked(store, account("oid-b", "b.example@oakfield.example.org"), (MRS_A, deputy)) == deputy
    assert asked(store, account("oid-c", DEPUTY.email), (MRS_A, deputy)) is SignInRefusal.NOBODY


def test_a_name_that_two_people_have_is_neither_of_theirs(store):
    assert asked(store, account("oid-b", "office@oakfield.example.org")) is SignInRefusal.NOBODY


def test_somebody_who_left_the_settings_is_refused_and_forgotten(store):
    asked(store)
    assert asked(store, people=(DEPUTY,)) is SignInRefusal.NOBODY
    do_in(store, put_people, (DEPUTY,))
    assert linked(store) == []
    do_in(store, put_people, ())


def test_whoever_bears_the_id_of_another_from_then_on_does_not_bear_their_account(store):
    asked(store)
    successor = Person("head", "Mr E Example", (Role.HEAD,), "e.example@oakfield.example.org")
    assert asked(store, people=(successor,)) is SignInRefusal.NOBODY
    theirs = account("oid-of-e", "e.example@oakfield.example.org")
    assert asked(store, theirs, (successor,)) == successor
    assert linked(store) == [("oid-of-e", "head", "e.example@oakfield.example.org")]


def test_whoever_is_called_otherwise_by_both_keeps_their_account(store):
    asked(store)
    married = replace(MRS_A, email="a.married@oakfield.example.org")
    renamed = account(name="a.married@oakfield.example.org")
    assert asked(store, renamed, (married,)) == married
    assert linked(store) == [("oid-of-head", "head", "a.married@oakfield.example.org")]


def test_the_first_sign_in_is_audited_without_id_or_name_and_later_ones_are_not(store):
    for hour in range(3):
        asked(store, now=NOW + timedelta(hours=hour))
    with store.open_reader() as con:
        (entry,) = [link.entry for link in audit_chain.links(con)]
    assert entry == audit_chain.AuditEntry(NOW, "head", "account_linked", "head")
