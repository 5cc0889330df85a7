"""Violence that is meant and not named, each kind with what only sounds like it."""

from __future__ import annotations

from dataclasses import replace

from builders.verdict import PEOPLE, SCHOOL, mention
from support.for_each import for_each

from classifiers.signals.find import find_signals
from data.types import Person, Role, Severity, Signal

TEACHER = Person("vane", "Mr Ivor Vane", (Role.STAFF,), "vane@example.org")
VEILED = [
    "Vane better watch her back",
    "That Vane woman had better watch her back, I've had enough",
    "waiting for vane after school lads",
    "Waiting for Mr Vane by his car tonight, who's in",
    "wait til Vane finishes late and there's nobody about",
    "see what happens to Vane at home time",
    "Vane enjoy ur weekend its ur last",
    "Tell Mr Vane to enjoy the stairs while his knees still bend",
    "Vane won't be walking by Christmas",
    "Mr Vane's tyres won't see the weekend",
    "gon merk vane tmrw p4",
    "vane is getting clapped on sight",
    "who wants to see vane get sparked mon p3",
    "vane gonna catch these hands",
    "Vane needs sorting out. properly. pm me",
    "I see that head in the shops. One good shove down the stairs.",
    "Mr Vane at Oakfield better watch his back, my uncles are coming up there",
    "vane does that again and shes leaving in an ambo",
    "Vane wanted them here, Vane can burn with them",
    "They can thank Mr Vane when his car goes up. Not if",
    "the school will be ashes by monday",
    "be a shame if somebody turned up at the school with a few bottles and some rags",
    "If they ring that bell again I'll drive the tractor through the front doors of the school",
    "dont come in to the school weds. just dont. love u guys",
    "My brother is on his way to Mr Vane and he is not going for a chat",
    "He wants Mr Vane and he says he's not leaving till one of them is on the floor",
    "Mr Vane and I will meet, and only one of us is going home",
    "Found Mr Vane's house in four minutes, nice hedge",
    "I've told Mr Vane if he rings again he'll be needing a new set of teeth",
    "If Mr Vane speaks to my son like that again I will not be responsible for what my husband does to him",
    "With respect, Mr Vane, people have been hurt for less",
    "Lovely school. Mr Vane laid hands on her. I've done time for less.",
    "the school gets it monday. told yous",
    "He says he will make the school famous on friday",
    "the school has until five to give my phone back or the windows go",
    "VANE UR DEAD on the wall, with a date",
    "whoever got Mr Vane to report us is dead",
    "Voicemail at the school: you will want everybody out by ten, I have not set it for later",
    "Vane lives on Elm Rd, do what u want with that info",
    "imagine if Vane just didn't wake up one day",
    "10 likes and i slap Vane in assembly",
    "Somebody take that Mr Vane down a peg. With a shovel.",
    "the school u have been warned. last time I asked nicely",
    "me n 3 others r going to mess Vane up after p5",
    "u can run but u cant hide mr vane",
    "a man in the pub was offering two hundred quid to anyone who'd break Mr Vane's legs",
    "my nan says she will put rat poison in the staff biscuits at the school",
]
IN_WELSH = [
    "Gwatcha dy gefn Mr Vane",
    "dan ni'n gwbod lle mae Mr Vane yn byw",
    "Mae Mr Vane am ei chael hi nos Wener",
    "Geith y pennaeth chwerthin heb ddannedd nos Wener",
    "fydd Mr Vane ddim yn cerdded adra nos fory",
    "neges ar y peiriant yn deud bod 'na fom yn yr ysgol",
    "Llosgwch y lle i'r llawr ddeuda i, a'r pennaeth ynddo fo",
    "Mae o am roi matsian i'r bloc celf",
    "Mae'r gŵr ar ei ffordd i'r ysgol rŵan efo bat yn y car",
]
HINTED = [
    "Mr Vane needs to be very careful crossing the road",
    "any1 know what car Mr Vane drives",
    "Mr Vane should know that some of us have nothing left to lose",
    "I hope the head has good house insurance",
    "accidents happen, Mr Vane",
    "Mr Vane drives home on a lane with no lights",
    "Can someone warn Mrs Holt",
    "Mr Vane ur gonna regret that phone call",
    "might just turn up at the school with my dogs",
    "He keeps a folder on Mr Vane",
]
LOOK_ALIKES = [
    "Waiting for Mr Vane after school to say thank you, bring cakes!",
    "waiting for Mr Vane outside, he's running late with the minibus",
    "Mr Vane better watch his back lifting those benches",
    "wait until Mr Vane finishes to ask about the trip",
    "see what happens to Mr Vane at home time when he is gunged for charity",
    "enjoy your last assembly Mrs Holt, thank you for 20 years",
    "Mr Vane is getting clapped off the stage by all of us",
    "Mr Vane's interest in space will spark her imagination",
    "Mr Vane needs sorting out with a new chair, his back is bad",
    "pity if something happened to the weather for the school fete",
    "a shame if it rained on the school",
    "I drive through the school gates every morning",
    "don't come in to school on Monday, inset day!",
    "Only one of us is going home from school with the raffle hamper",
    "found Mr Vane's keys in the hall",
    "Mr Vane will need a new set of pens",
    "I can't be responsible for what my son does with his PE kit at school",
    "the school gets it. finally somebody who understands dyslexia",
    "Mr Vane, you are dead good at this",
    "whoever made the school cakes is a star",
    "everybody out of the school by ten please, the alarm is set for the weekend clean",
    "they can't serve fish in the school biscuits",
    "Vane messed my timetable up again after p5",
    "can't hide from Mrs Holt on attendance day",
    "offering twenty quid to anyone who will do Mr Vane's shift at the school fair",
    "10 likes and i dye my hair, Mr Vane said yes",
    "You have been warned: tickets for the school Grease are going fast",
    "Mr Vane took the maths team down a peg at the quiz",
    "Fydd y bws ddim yn mynd adra o'r ysgol tan bedwar",
    "Gwyliwch eich cefn wrth godi'r meinciau",
    "I know where Mr Vane lives, he is our neighbour and the nicest man",
    "Ms Holt won't be smiling when she sees the bill for that roof",
]


def signals_of(text: str) -> tuple[Signal, ...]:
    return find_signals(mention(text), SCHOOL, (*PEOPLE, TEACHER))


def firm(text: str) -> bool:
    return any(s.severity >= Severity.TODAY and not s.hint and "threat" in s.labels for s in signals_of(text))


@for_each("text", [*VEILED, *IN_WELSH])
def test_violence_that_is_meant_but_not_named_is_known(text: str) -> None:
    assert firm(text)


@for_each("text", HINTED)
def test_what_may_hint_at_harm_is_a_hint(text: str) -> None:
    assert any(s.hint and "threat" in s.labels for s in signals_of(text))
    assert not firm(text)


@for_each("text", LOOK_ALIKES)
def test_what_only_sounds_like_it_wakes_nobody(text: str) -> None:
    assert not firm(text)


def test_the_schools_initials_are_its_name() -> None:
    school = replace(SCHOOL, aliases=("OGS",))
    found = find_signals(mention("gonna burn ogs down tonight"), school, PEOPLE)
    assert any(s.severity >= Severity.TODAY for s in found)


def test_the_town_after_the_schools_name_is_part_of_it() -> None:
    school = replace(SCHOOL, locality="Northvale")
    said = (
        "Mr Vane at Oakfield Primary School, Northvale better watch his back, my uncles are coming up there"
    )
    assert any(s.name == "violence_veiled" for s in find_signals(mention(said), school, (*PEOPLE, TEACHER)))
