"""What a school hears of violent extremism, and the lessons, trials and hamsters that only sound like it."""

import tomllib
from datetime import date

import pytest
from builders.verdict import fired, judged, scores
from support.for_each import for_each

from classifiers.signals.catalogue.danger import PROSCRIBED_FILE
from classifiers.signals.find import FAMILIES
from data.types import About, Route, Severity

OURS = {rule.signal.name for rule in FAMILIES["prevent"]}
LISTED = tomllib.loads(PROSCRIBED_FILE.read_text(encoding="utf-8"))

HEARD_OF = [
    "kid in my sister's class says he's been invited to a training weekend with National Action lads",
    "Breivik did more in one day than our politicians, a year 11 told us",
    "A Year 6 boy drew the IS flag over his RE cover",
    "He gave my son a wristband with 109/110 on",
    "Someone has painted a swastika on the school bins",
    "a boy in my form joined the taliban fan page",
    "I'm in sixth form, I've been reading siege and they want me to do something",
    "the school let that Kahane lot speak in the hall, kids were there",
    "A teaching assistant keeps sharing ISIS videos and says they are heroes",
    "My year 6 says he wants to go and join the jihad",
    "The RE teacher tells kids the Christchurch shooter was right",
    "Someone is putting National Action stickers in the toilets and kids are collecting them",
    "He told my daughter that Hitler had the right idea",
    "My son keeps watching beheading videos and won't eat with us any more",
    "There's a boy in year 11 with a manifesto on his laptop and a countdown",
    "he says elliot rodger is a saint and women deserve it",
    "Found a notebook in my son's bag full of swastikas",
    "Our son was sent a beheading clip by the lads online and now he does the Nazi salute",
    "my brother in law drives the minibus and he's in the UDA",
    "Science technician has a Hezbollah flag up and told the A level group they're resistance",
    "that supply teacher told 8C the Holocaust numbers don't add up",
    "He is obsessed with Columbine, has the shooters as his profile picture",
    "mae o'n deud bod Hitler yn iawn ac yn gwneud y saliwt yn y dosbarth bob dydd",
    "I think my son's friend has been radicalised, he's cut off all his mates",
    "Can school stop the swastikas being drawn all over the desks by the same three lads?",
    "A sixth former praises Tarrant on his channel and tells kids to prepare",
    "She's been messaging a fighter in Syria and asked her friends about a passport",
    "DS is fixated on mass killers and has their birthdays in his diary",
    "Two Year 7s were trading Islamic State nasheeds",
    "Y11 boy has memorised the name of every school shooter and asked which doors lock",
    "is anyone else's boy on that 764 server? Mine was told to hurt the cat",
]
PREPARED = [
    "My daughter 16 is engaged to a man in Idlib she has never seen",
    "anyone know who to tell when your friend says he's leaving for Syria at half term to help the brothers",
    "a boy said he would blow himself up in assembly",
    "My stepson was asked on Discord to film himself vandalising the mosque to earn his patch",
    "mum found a bomb making pdf and a rifle in my brother's room",
    "he says women shouldn't vote and he'll do a Southport at the disco",
    "he says those who mock the prophet should be killed",
    "her dad takes them to a camp where they train with weapons for when society collapses",
    "lads 14 and up: we train Sundays, no snitches, blades taught",
]
PROMOTED = [
    "Lads are being recruited by Patriotic Alternative outside the gates",
    "my daughter's boyfriend has pledged allegiance to Islamic State in a video",
    "hail victory, the white race will rise, oakfield youth join us",
    "Brothers and sisters of Oakfield, the caliphate needs you",
    "I'm the next Elliot Rodger and all of 11A will know it",
]
ATTACKS = [
    "My son's mate is in a Telegram group planning to blow up a mosque",
    "he and his mates will burn the mosque with them in it",
    "Death to the kuffar",
    "they want to set fire to the asylum hotel on saturday",
]
HARMLESS = [
    "the sermon on the martyrs was a bit much, my son wants to be shot with arrows",
    "year 9 painted a map of the siege of Leningrad in history",
    "my daughter is flag bearer at the school parade",
    "year 8 are reading Siege of Troy and love it",
    "she is engaged to a man in Inverness she met at school",
    "the boys painted a mural on the school wall",
    "they made a fan page for the lollipop man",
    "Year 9 history trip to Auschwitz: my son has not stopped talking about what Hitler did",
    "My son is obsessed with WW2, tanks, Hitler, Churchill, the lot",
    "My daughter's homework is to write a diary of a child under the Nazis",
    "my essay is on whether the IRA were terrorists, any sources?",
    "14 A*s on the A level history paper, Nazi Germany",
    "The Prevent team came in to talk to year 9 about online extremism",
    "The assembly about how extremists recruit young people was excellent",
    "Former pupil jailed for six years for membership of National Action",
    "Court hears of ISIS videos on teenager's phone, he left our school",
    "The boys were shown a news clip of the Christchurch attack with no warning to parents",
    "In the school play he has to say Heil Hitler as the guard",
    "He watched a documentary on incels with us and we talked about it in year 9",
    "He's playing Wolfenstein and shooting Nazis at age 12, is that normal?",
    "The head is a little Hitler about uniform",
    "Uniform nazis strike again, my lad sent home over socks",
    "Miss called him a Nazi for correcting her spelling, we all laughed",
    "My son fasts for Ramadan and would like a room to pray at lunch",
    "She has decided to wear hijab and school has been kind about it",
    "Mosque visit on Tuesday for Year 5, bring a headscarf",
    "Mandir visit: the swastika above the door explained by the priest, Y4 fascinated",
    "Her family escaped ISIS and now she is head girl",
    "Free Palestine banner on the railings again, keep politics out of school",
    "Peaceful protest about Gaza at the gates, year 12 were brilliant",
    "He supports Palestine Action and so do half of the sixth form",
    "Anti-racism march against the far right, meet at the school gates",
    "Reform leaflets were handed out to parents at the gates, is that allowed",
    "Ellie's manifesto had free hot chocolate in it, year 6 voted for her",
    "Isis the school hamster has died, a sad day in Year 2",
    "The national action plan for phonics is on our school website, read it",
    "The base of the statue outside our school is cracked, kids climb it",
    "The Base is the new youth club behind the school, opens Monday",
    "Christchurch Primary fete, our boys loved it",
    "Year 2 planted columbines and foxgloves",
    "Scouts: we train Saturdays, bring a knife and fork",
    "cadets' salute at the cenotaph was perfect, proud of the year 10s",
    "We cheered the lads who fought ISIS and came to speak to year 12",
    "being angry about the war isn't extremism, my daughter is thirteen",
    "School shooting in the news again, our kids are scared",
    "My dad was in the anti-Nazi league, he told Y9 about it",
    "St Stephen the martyr is the saint of our school",
    "Parents angry that the Prevent leaflet only went to Muslim families",
]


@for_each(
    ("name", "text"),
    [
        *(("extremism_heard_of", text) for text in HEARD_OF),
        *(("radicalised", text) for text in PREPARED),
        *(("extremism_recruits", text) for text in PROMOTED),
        *(("attack_for_a_cause", text) for text in ATTACKS),
    ],
)
def test_each_way_of_hearing_of_it_is_known(name: str, text: str) -> None:
    assert name in fired(text)


@for_each("text", HARMLESS)
def test_lessons_trials_practice_and_politics_are_not_extremism(text: str) -> None:
    assert not OURS & fired(text)


@for_each("text", HARMLESS)
def test_what_only_sounds_like_it_raises_no_alert(text: str) -> None:
    assert judged(text).severity < Severity.TODAY


def test_what_is_reported_of_a_pupil_goes_to_the_safeguarding_lead_as_extremism() -> None:
    found = judged("My year 6 lad says he wants to join the jihad")
    assert (found.severity, found.route) == (Severity.TODAY, Route.SAFEGUARDING)
    assert {"extremism", "safeguarding"} <= {*found.abuse}
    assert found.restricted


@pytest.mark.parametrize("text", [PROMOTED[2], ATTACKS[0]])
def test_what_promotes_or_plans_it_is_for_the_police_as_well(text: str) -> None:
    found = judged(text)
    assert (found.severity, found.route) == (Severity.THIS_HOUR, Route.POLICE_NOW)
    assert "extremism" in found.abuse


def test_only_a_signal_says_extremism_of_a_child_protection_matter() -> None:
    """The model's word alone names nobody an extremist."""
    model = {"severity:3": 0.9, "relevant": 0.9, "route:safeguarding": 0.9, "abuse:extremism": 0.6}
    found = judged("He is so different since summer", model)
    assert found.route is Route.SAFEGUARDING
    assert found.abuse == ("safeguarding",)


@for_each("group", [*LISTED["proscribed"]])
def test_every_spelling_of_a_proscribed_organisation_is_known(group: str) -> None:
    spellings = [name for names in LISTED["proscribed"][group].values() for name in names]
    missed = [x for x in spellings if not OURS & fired(f"a lad in year 10 is being recruited by {x} online")]
    assert spellings
    assert not missed


def test_an_organisation_is_known_with_hyphens_capitals_or_run_together() -> None:
    for name in ("Al-Qaeda", "AL QAIDA", "alqaeda", "Hizb-ut-Tahrir", "Al-Shabaab"):
        assert "extremism_recruits" in fired(f"a lad in year 10 was recruited by {name}")


def test_the_list_says_whence_and_of_when_it_is() -> None:
    assert LISTED["source"].startswith("https://www.gov.uk/")
    assert date(2025, 10, 21) <= LISTED["last_change"] <= LISTED["copied"]


def test_an_unsettled_ban_raises_nothing_by_itself() -> None:
    for names in LISTED["unsettled"].values():
        assert not any(OURS & fired(f"my son wears a badge of {name} and joined a march") for name in names)


def test_who_only_names_a_creed_is_a_hint() -> None:
    found = judged("my son asked me about jihad")
    assert found.severity < Severity.TODAY
    assert "extremism_heard_of" in {reason.code for reason in found.reasons} or found.look


def test_a_hint_of_extremism_that_the_model_shares_is_the_safeguarding_leads() -> None:
    found = judged("my son asked me about jihad", scores("respond", abuse__extremism=0.3))
    assert (found.severity, found.route) == (Severity.TODAY, Route.SAFEGUARDING)


def test_extremism_is_never_a_matter_of_removal() -> None:
    found = judged(HEARD_OF[0], scores("platform_report", severe=0.9))
    assert found.route is Route.SAFEGUARDING


def test_staff_who_spread_it_are_an_allegation() -> None:
    found = judged(
        "Mr Vane the teaching assistant keeps sharing ISIS videos with year 9 lads", {"about:staff": 0.9}
    )
    assert found.about is About.STAFF
    assert found.route.urgent
