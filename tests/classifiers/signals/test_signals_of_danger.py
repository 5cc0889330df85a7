"""Danger in plain words, outright or veiled, is known by a rule; what only sounds like it is left alone."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from builders.verdict import ABOUT_US, PEOPLE, SCHOOL, judged, mention, scores
from support.for_each import for_each

from classifiers.signals.find import find_signals
from data.judged import beyond_cap, unplaced
from data.types import Person, Role, Route, Severity, Signal

TEACHER = Person("vane", "Mr Dale Vane", (Role.SLT,))
CHEER = scores("thank", severe=0.0001, sentiment__positive=0.99)
"""A model that finds nothing but praise."""

TO_THE_SCHOOL = [
    "i will burn oakfield down",
    "I'm going to burn Oakfield Primary to the ground this weekend",
    "Someone should petrol bomb Oakfield tonight, I mean it",
    "gonna torch oakfield primary over half term",
    "shooting up Oakfield on Monday",
    "there is a bomb at oakfield",
    "If they exclude my lad I'm burning the school down",
    "my neighbour's son says him and his mates are going to torch the school",
    "Dont come to Oakfield tomorrow if you want to live",
    "coming to Oakfield with a shotgun",
    "I'm bringing petrol to Oakfield tomorrow morning",
    "Going down Oakfield at 3 with a bat, that teacher who made my son cry is done",
    "I will be at the gate of Oakfield with a knife tomorrow",
    "I will be in a Brightwater Learning Trust school with a shotgun on Friday",
]
TO_A_PERSON = [
    "tomorrow 8.45 at the gate im gonna smash Vanes face in, bring ur phones",
    "I will be at Oakfield tomorrow morning and Mr Vane is getting a kicking",
    "Dads of year 4: meet at the gate 8.30 tomorrow and sort Vane out once and for all",
    "We are going to sort Vane out, school gate 8.30",
    "Mr Vane told my lad he was thick. I'm going to knock him out tomorrow at drop off.",
    "The head at Oakfield Primary is a liar. I'm going to set her car on fire.",
    "The head is a liar. I hope someone sets the head's car on fire.",
    "The head is a liar. She deserves acid in her face.",
    "this headteacher at Oakfield needs a good kicking",
    "If that head touches my boy's bag again I'm breaking her jaw",
    "I will kill whoever runs that place",
    "I'll put Holt in hospital if she speaks to my wife like that again",
    "I'm going to slash Mrs Holt's tyres",
    "I swear I will smash his windows in, that teacher Vane",
    "we are going to put a brick through the head's window tonight",
    "My brother says he's bringing a bat for Mr Vane on Friday",
    "her ex is threatening to stab the head",
    "They're going to jump Mr Vane on his way home tomorrow",
    "someone needs to put a bullet in that headteacher",
    "Would love to put a brick through Holt's windscreen tomorrow morning",
    "Vane won't be getting up again",
    "Mr Vane will be leaving in an ambulance tomorrow",
    "gonna throw bleach in her face, the stuck up head",
    "Going to drop kick the headmistress into next week",
    "someone shoot the headteacher please",
    "Kill the head",
    "It would be a shame if something happened to his car. Mr Vane, a red Golf.",
    "Wait till I see Mr Vane on his own",
    "I'm coming up there now to drag that head out of her office by her hair",
    "I hope that head teacher dies in a fire tonight",
    "a dad is on his way up to the school with a baseball bat looking for Mr Vane",
]
SEEN = [
    "A man with a gun is outside Oakfield right now",
    "two lads with balaclavas and a machete running at the school gates",
    "my daughter says there is a gunman in the school",
    "shots fired near the school, kids locked in",
    "boy stabbed outside school, ambulance there now",
    "smoke pouring out of the school",
    "a man has taken a child from outside Oakfield",
    "my son never came out of school, nobody has seen him",
    "bloke in a car photographing girls coming out of Oakfield",
]
ABOUT_STAFF = [
    "the head took hold of my daughter's ear and walked her down the hall",
    "Mr Vane SAT ON a child and calls it a positive hold",
    "Mr Vane dug his nails in my arm til it bled",
    "Mr Vane is young but I do not allow for tape over a child's mouth",
    "does anyone else's child have to sit on the heads knee to say sorry",
    "ask the head what the wooden spoon is for",
    "the woman in charge locked my daughter in the meeting room until she signed it",
    "wheelchair kid left strapped on the bus in that heat",
    "the TA tells them no one will believe them",
    "she calls the caretaker my secret friend",
    "Mr Vane buys us vodka on the trip",
    "Mr Vane refuses to let my son have his inhaler",
    "the head took his insulin off him",
    "the head at Oakfield shoves kids, I have seen it twice",
    "Mr Vane smacks em on the bus when the escort gets off",
    "my daughter was made to sit on the music teacher's lap",
    "the head made a kid lick the floor",
    "the PE teacher makes the lads strip for punishment",
    "They tie him into that chair with a scarf, the head showed them how",
    "I collected her with a bite mark that an adult made",
    "whoever runs the school is covering up for a monster",
    "Mr Vane gave my mate weed on the trip",
    "Mr Vane invited three of the girls to his flat",
    "Mr Vane has got pictures of the little kids on his own phone",
    "Mr Vane slept in a room with boys from year 9",
    "Mr Vane took my lad into that office and he came out shaking",
    "My lad came home with a handprint. The head did it. She admitted it to my face.",
    "The head of Oakfield Primary grabbed my 7 year old by the arm last Thursday",
    "the woman in charge locked my boy in a cupboard for an hour",
    "she admitted hitting him",
    "Holt slapped my daughter",
    "whoever runs that place smacked my five year old",
    "the teacher pulled my daughter's hair",
    "Miss at the top, the HT, put her hands round my lad's neck",
    "she was tied to a chair by her teacher",
    "Mr Vane threw a chair at my son",
]
WANTS_TO_DIE = [
    "i want to kill my self",
    "i just want to end it all",
    "i wish i had the courage to commit",
    "gonna kms",
    "i dont want to be here anymore",
    "i cant do this anymore",
    "goodbye everyone, i wont be here tomorrow",
    "i wish i was dead",
    "nobody would care if i died",
]
IN_WELSH = [
    "Dw i'n mynd i ladd y prifathro fory gyda chyllell",
    "Bydda i'n lladd Mr Vane yfory",
    "Dw i'n mynd i guro Mr Vane wrth y giât fory",
    "Dwi'n mynd i roi car y pennaeth ar dân",
    "Dwi'n mynd i losgi'r ysgol heno",
]
ABOUT_STAFF_IN_WELSH = [
    "Y pennaeth wedi gafael yn fy hogyn gerfydd ei goler",
    "Y prifathro wedi cloi fy mab yn y stordy",
    "Mae Mr Huws yn anfon negeseuon at fy merch am hanner nos",
    "Mr Huws wedi taflu fy mab yn erbyn y loceri",
    "Oedd ogla cwrw ar y bos pan oedd o'n dreifio'r bws mini",
]
LOOK_ALIKES = [
    "I will be at the gate of Oakfield with a cake and a knife to cut it tomorrow",
    "I will be at the gate of Oakfield with a camera tomorrow",
    "Mr Vane took my son by the hand at the gate, lovely start",
    "Mr Vane hits them with a new joke every day",
    "Mr Vane slaps them on the back when they score",
    "Mr Vane gave my son wine gums on the trip",
    "the head invited three of the girls to her office for a prize",
    "she ties her hair into a bun",
    "a bite mark from another child, the head rang at once",
    "the head covered up for the rain",
    "the head sat on the carpet with the children for a story",
    "he sat on grandad's knee in the head's garden at the fete",
    "put some tape over the crack, said Mr Vane",
    "the TA tells them nobody will believe how well they have done",
    "Mr Vane bought us all ice creams",
    "Mr Vane lets my son have his inhaler whenever he asks",
    "Mr Vane shared a room with the other teachers",
    "Mr Vane took my lad into that office and he came out smiling",
    "the kids were strapped into the bus and off they went",
    "Dwi am ladd fy ngŵr, mae o wedi anghofio'r bws eto",
    "Mae Mr Huws yn gafael yn y bêl i fy mab",
    "I'm going to kill Mr Vane at chess tomorrow",
    "We are going to batter Hexley High on Saturday",
    "year 6 are going to throw wet sponges at Mr Vane's face at the fair",
    "I'll sort Mr Vane out with a ticket for the raffle",
    "The head is going to kill me when she sees this",
    "gonna burn the school CD for Mrs Holt",
    "Oakfield are going to burn up the dance floor at the PTA disco",
    "I will fight the head over this, see you in court",
    "I hope the head gets what she deserves, a medal",
    "The council should knock that school down and build a new one",
    "I'm going to shoot the head teacher an email",
    "Going to hit Mrs Holt with some tough questions tomorrow",
    "Mr Vane is dead on his feet after the residential",
    "The noise is doing his head in",
    "I'd like to wring Mr Vane's neck, figuratively, for the in-service day",
    "My brother is bringing his cricket bat to school for the match",
    "bringing my drill and hammer to the school on Saturday to put up shelves",
    "A man with a hammer is fixing the gate at school",
    "A man dressed as a viking with an axe visited school today",
    "there was no gunman in the school, stop sharing it",
    "Drill today: pretend gunman in the school, kids were brilliant",
    "the photographer is taking photos of the children at school today",
    "My husband was taking pictures of our daughter on her first day",
    "The choir was on fire tonight",
    "someone took my daughter's coat from the school",
    "the class read how Guy Fawkes planned to blow up the building",
    "Whoever runs that place should be sacked",
    "I'm coming up the school tomorrow with my solicitor",
    "Miss pulled my daughter up on her spelling",
    "the teacher pushed my son to achieve more than we thought",
    "Mr Vane shook my son's hand",
    "Mr Vane did that with his own money, no mark on my daughter's maths",
    "the lyrics say I will burn the school down",
    "Dw i'n mynd i guro Mr Huws yn y ras fory",
    "i have got the tablets ready for the lesson",
]


def signals_of(text: str) -> tuple[Signal, ...]:
    return find_signals(mention(text), SCHOOL, (*PEOPLE, TEACHER))


def grave(text: str, *labels: str) -> bool:
    """Does a rule, and no mere hint, ask for action?"""
    return any(
        s.severity >= Severity.TODAY and not s.hint and {*labels} & {*s.labels} for s in signals_of(text)
    )


@for_each(
    ("text", "labels"),
    [
        *((text, ["threat"]) for text in (*TO_THE_SCHOOL, *TO_A_PERSON, *IN_WELSH)),
        *((text, ["threat", "safeguarding"]) for text in SEEN),
        *((text, ["safeguarding"]) for text in (*ABOUT_STAFF, *ABOUT_STAFF_IN_WELSH)),
    ],
)
def test_a_threat_a_plain_allegation_and_what_somebody_sees_happen_are_known(
    text: str, labels: list[str]
) -> None:
    assert grave(text, *labels)


@for_each("text", LOOK_ALIKES)
def test_what_only_sounds_like_danger_wakes_nobody(text: str) -> None:
    assert not grave(text, "threat", "safeguarding", "self_harm")


@for_each("text", WANTS_TO_DIE)
def test_a_wish_to_die_is_shown_whatever_a_cap_cuts(text: str) -> None:
    found = judged(text, CHEER)
    assert found.severity >= Severity.TODAY or beyond_cap(found)


def test_a_threat_in_jest_is_looked_at_before_what_a_cap_cuts() -> None:
    found = judged("I'm going to stab the head lol", CHEER)
    assert found.severity < Severity.TODAY
    assert beyond_cap(found)


def test_a_language_that_nobody_judges_wakes_the_police_by_its_own_rules_alone() -> None:
    sure = scores("police_now", severe=0.95, abuse__threat=0.95)
    wedding = judged(
        "Mae priodas Mrs Huws yn yr eglwys ddydd Sadwrn, llongyfarchiadau mawr iawn iddi hi", sure
    )
    assert (wedding.severity, unplaced(wedding)) == (Severity.TODAY, True)
    threat = judged("Dw i'n mynd i ladd y pennaeth heno", sure, ABOUT_US)
    assert (threat.severity, threat.route) == (Severity.THIS_HOUR, Route.POLICE_NOW)


# ------------------------------------------------------------------------------- said outright


WISHES = Path(__file__).parents[2] / "fixtures" / "wishes"
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


# -------------------------------------------------------- violence that is meant and not named


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
VEILED_IN_WELSH = [
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
LIKE_VEILED = [
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


def firm(text: str) -> bool:
    return any(s.severity >= Severity.TODAY and not s.hint and "threat" in s.labels for s in signals_of(text))


@for_each("text", [*VEILED, *VEILED_IN_WELSH])
def test_violence_that_is_meant_but_not_named_is_known(text: str) -> None:
    assert firm(text)


@for_each("text", HINTED)
def test_what_may_hint_at_harm_is_a_hint(text: str) -> None:
    assert any(s.hint and "threat" in s.labels for s in signals_of(text))
    assert not firm(text)


@for_each("text", LIKE_VEILED)
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
