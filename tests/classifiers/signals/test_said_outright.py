"""What is said outright alerts whatever the models think, and whatever is pleasant beside it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from builders.verdict import SCHOOL, judged, mention, scores
from support.for_each import for_each

from classifiers.signals.find import find_signals
from data.types import Route, Severity

WISHES = Path(__file__).parents[2] / "fixtures" / "wishes"
CHEER = scores("thank", severe=0.0001, sentiment__positive=0.99)
"""A model that finds nothing but praise."""

OF_A_CHILD = [
    "Colin Barker touched my daughter in the changing room, she is aged 5",
    "Colin Barker touched my daughter in the changing room",
    "COLIN BARKER GROPED MY SON",
    "Brian O'Neill keeps touching the girls in year 5",
    "Colin Barker has been messaging my daughter at night",
    "Colin Barker sent pictures of himself to a year 8 girl",
    "My son was groped by Colin Barker on the trip",
    "Mr Fox kissed a year 9 girl",
    "The PE teacher fondled my son.",
    "The music teacher keeps touching the girls",
    "Mr Dunne sent pictures of himself to a year 8",
    "My daughter was touched by the caretaker.",
    "My son was touched up by Mr Fox in the changing rooms",
    "Sir touched me",
    "Mr Barker put his hands down my son's trousers",
    "Lovely concert. Mr Fox touched my daughter in the piano lesson",
    "Fab disco! A dad there has been filming the girls in the toilets.",
    "Brilliant trip, thank you. A man at the pool was touching the boys.",
    "School dinners are ace. My dad beats my little brother and we are scared.",
    "Great play. My stepdad comes into my room at night.",
    "Thank you for the lovely report. His stepfather burns him with cigarettes.",
    "Great parents evening. That boy in year 4 is being starved at home.",
    "The play was magic. My neighbour locks her son in the shed.",
    "Great day out. A man in a white van tried to take my daughter at the gate.",
    "We love this school. A boy in year 8 brings a knife every day.",
    "Lovely assembly today. I'm going to kill myself tonight",
    "It was the best time of my life. I'm going to jump off the bridge tonight.",
    "Happy birthday, 100 years! I have a rope and nobody will find me.",
    "Great results. My daughter wants to end her life.",
    "The choir sang beautifully. My son tried to hang himself last night.",
    "Well done to year 11. She says she won't be alive for results day.",
    "my girl says sir put his hand up her skirt",
    "there is a man photographing the little ones through the changing room window",
    "a bloke in a black car tried to grab two girls from year 7",
    "Mr Fox touched my daughter with his hand under the desk",
    "Mr Fox kissed her son in the car",
    "Miss Lane kissed his daughter in the car",
    "the bus driver rubs my daughters leg",
    "my mum hits us with a belt",
    "The choir sang beautifully and we all cried. " * 20
    + "my mum hits me with a belt and im scared to go home",
    "Colin Barker touched my daughter. Lovely wedding fair.",
    "Colin Barker touched my daughter in the changing room. Well done on Macbeth.",
    "He proposed a new timetable. A man at the pool was touching the boys.",
    "Mr Fox sent my daughter photos of himself in the bath",
]
THREATS = [
    "If your dog comes near my son again I will kill you",
    "We will burn the school down on bonfire night",
    "There is a bomb in the school hall, it goes off on bonfire night",
    "If Mr Fox comes near my son again he will not walk home.",
    "If that teacher comes near my son again he's going to hospital",
    "If he touches my lad again I'll put him through that wall.",
    "One more letter from Holt and I'll break his jaw",
    "Come near my daughter again and you won't walk out of that school",
    "Next time I see that head he will be leaving in an ambulance",
    "Touch my kid again and I'll knock you out.",
    "I'll break his legs if he comes near my daughter again",
    "Mr Fox had better not be at the gate on Thursday or he will not walk home",
    "The staff are brilliant. Somebody has planted explosives under the stage.",
    "So proud of the choir. The school will be blown up on Friday.",
    "Great sports day. A bomb goes off at Oakfield at 10 tomorrow.",
    "We won the football 3-0! There is a bomb in the hall",
    "Loved the play. I'm going to shoot up the school on Monday",
    "Happy Friday, love this school. Everyone in the hall will die tomorrow at nine.",
    "Lovely staff. I will stab Mr Fox.",
    "Great summer fair. I'm going to kill the head.",
    "Congratulations on the award. I'll be at the gates with a knife.",
    "Beautiful displays. I will burn the school down at half term.",
    "If he comes near my son again he will not walk home. lol",
    "Lovely cake stall! If he comes near my son again he will not walk home.",
    "if they exclude him again I'll batter the head",
    "Mr Fox won't make it home tonight",
    "There is a device in reception that will go off at noon",
]
HARMLESS = [
    "Poppy Lane kissed a boy at the disco, they are both only five",
    "Mr Fox's assembly touched my daughter's heart",
    "Mr Fox touched on bullying in the year 9 assembly",
    "Mr Fox touched my son's life more than he knows.",
    "Mr Fox touched me deeply with his speech about loss",
    "Miss Lane's card really touched my daughter, thank you",
    "Colin Barker's song touched my daughter",
    "Colin Barker touched my daughter's heart with that song",
    "Colin Barker touched on my daughter's reading at parents evening",
    "Colin Barker messages the parents group at night with the scores",
    "Mr Fox kissed the trophy and the year 9 girls cheered",
    "Mr Fox got down on one knee and proposed, Miss Lane kissed him, the pupils cheered",
    "My daughter was touched by Mr Fox's card",
    "My daughter was touched by the caretaker remembering her birthday",
    "Mr Fox sent a photo of himself on Snowdon to the whole of year 6",
    "Miss Lane sends photos of the class hamster to my daughter at the weekend",
    "Mr Fox put his hand up in my daughter's class",
    "Mr Fox is filming the girls in the hall for the show",
    "Harry Potter kissed Ginny in the year 6 play",
    "If it rains he will not walk home, he'll get the bus.",
    "If she hurts her knee again she's going to hospital with her mum",
    "If he goes near my son's peanut sandwich he's going to end up in hospital, please keep them apart",
    "come near me with that cake again and I'll kill you haha",
    "Pictures of the reception class will be blown up and put in the hall",
    "The balloons in the hall will be blown up by year 6 on Friday",
    "The hall looks like a bomb has gone off in it",
    "everyone is going to die in the bleep test tomorrow",
    "I'm going to kill Mr Fox lol he set homework on a Friday",
    "I'll shoot Mr Fox an email tomorrow",
    "I'll be at the gates with a bat and ball for rounders club",
    "I'll jump off the bridge in the bungee for the school fund",
    "My phone won't be alive by home time",
    "My mum beats me at cards",
    "My dad hits me up for lifts to practice at the gym",
    "A man in a van tried to take a photo of the school sign",
    "A boy in year 8 brings a plastic knife for his lunch",
    "I'll be at the gates with a hammer and nails to put up the fair banner",
    "We're going to burn the school guy at the bonfire on Saturday",
    "We'll shoot the head first then the class photos, the photographer arrives at 9",
    "If the dog comes near my son he will end up in A&E with his allergy",
    "With our insurance, if he hurts my child on the trip you will end up in hospital without cover",
    "If City come near us again next week they will not walk away with three points",
    "Reception will explode with joy when Santa arrives",
    "The school will go bang on bonfire night, fireworks from 6pm",
    "I will kill everyone at Monopoly",
    "I'm going to murder the children's breakfast, starving",
    "I'm going to jump off the bridge at the outdoor centre with year 6, helmets on",
    "I won't be alive by the time they fix those potholes",
    "Sarah Connor kissed her daughter at the gate and cried all the way to work",
    "The head kissed his daughter goodbye at the airport before the Everest climb",
    "My grandad kissed the children goodbye at the gate for the last time",
    "Grandad kissed my daughter on graduation day, so proud",
    "The vicar touched the children with his sermon",
    "Marcus Rashford touched my son with what he did for school meals",
    "David Attenborough has touched my children more than any film",
    "Tom Hardy keeps messaging the year 6 parents at night about the disco",
    "Mr Fox sent pictures of himself to a year 6 class, reading on a mountain",
    "The boys got a starting gun to work for sports day",
    "A child had a hot glue gun in DT and a cut finger, first aid was great",
    "A man tried to take my daughter's coat by mistake, same as his",
    "The stranger tried to pull my son out of the river. Hero.",
    "The photographer asked the girls for pictures of last year",
    "There is a device in reception for signing in",
    "There is a device in the hall that counts steps",
    "I'm going to kill the head if there is another non uniform day",
    "Mr Fox sent my daughter photos of himself at the Louvre",
    "Mr Fox won't make it home tonight, the trains are off",
    "Miss Lane kissed her son goodbye at nursery",
    "The coach rubbed my son's leg when he got cramp",
]


@for_each("text", OF_A_CHILD)
def test_harm_to_a_child_alerts_whatever_the_models_think(text: str) -> None:
    found = judged(text, CHEER)
    assert found.severity >= Severity.TODAY
    assert {"safeguarding", "self_harm"} & set(found.abuse)


@pytest.mark.parametrize("text", THREATS)
def test_a_threat_alerts_whatever_the_models_think(text: str) -> None:
    found = judged(text, CHEER)
    assert (found.route, found.severity) == (Route.POLICE_NOW, Severity.THIS_HOUR)


@for_each("text", HARMLESS)
def test_its_harmless_twin_alerts_nobody(text: str) -> None:
    assert judged(text, CHEER).severity < Severity.TODAY


def test_a_wish_to_die_is_shown_before_whatever_a_cap_cuts() -> None:
    found = judged("Good luck to the netball team. This maths makes me want to die.", CHEER)
    assert found.look
    assert found.look_rank >= 1.0


@pytest.mark.parametrize(
    ("name", "outright", "heard", "hinted"), [("sixty", 42, 55, 3), ("twenty", 6, 12, 0)]
)
def test_wishes_to_die_are_heard_and_their_harmless_twins_wake_nobody(
    name: str, outright: int, heard: int, hinted: int
) -> None:
    """By the signals alone. The counts are what was measured, and only get better."""
    lines = (WISHES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    found: dict[bool, list[tuple[bool, bool]]] = {False: [], True: []}
    for one in map(json.loads, lines):
        said = [s for s in find_signals(mention(one["text"]), SCHOOL, ()) if "self_harm" in s.labels]
        found[one.get("harmless", False)].append((any(s.danger for s in said), bool(said)))
    meant, harmless = found[False], found[True]
    assert sum(danger for danger, _ in meant) >= outright
    assert sum(any_ for _, any_ in meant) >= heard
    assert not any(danger for danger, _ in harmless)
    assert sum(any_ for _, any_ in harmless) <= hinted


@pytest.mark.parametrize("piece", ["A", "my ", "Aa' ", "touch me lol i'll kill him "])
def test_a_long_text_of_one_piece_is_read_in_time(piece: str) -> None:
    text = f"touched {piece * (40_000 // len(piece))}"
    began = time.process_time()
    judged(text, CHEER)
    assert time.process_time() - began < 5
