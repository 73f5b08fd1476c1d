from timeit import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.catalogue.catalogue import Cue
from navigator.catalogue.fixability_cues import stated_cues
from tests.cases import each_case

TRIED, UPDATE, SEVERAL, WRONG = Cue

SAID = {
    TRIED: [
        "I already tried resetting it",
        "I tried to reset it twice and it is still refused",
        "reset my password yesterday, the new one is rejected",
        "Reinstalled the app. Reinstalled it again and it still crashes",
        "uninstalled, reinstalled, restarted, no change",
        "I have tried a different browser and it's the same",
        "we have been through the usual steps and nothing helped",
        "logged out and back in, didn't help",
        "I followed the guide but no luck",
        "It does not work, I have cleared the cache, still nothing",
        "still locked although she released it twice",
        "You told me to try tomorrow and I have",
        "TRIED EVERYTHING, STILL THE SAME!!!",
        "the page is blank in Chrome and Firefox",
    ],
    UPDATE: [
        "since the update",
        "It does not work since the update",
        "it won’t open after the last update",
        "ever since the app updated on Monday it crashes",
        "worked fine until the new version came out",
        "The latest release broke it",
        "the new version just crashes",
        "It was ok before the upgrade",
        "since I upgraded my phone's software nothing loads",
        "Following yesterday's release the page is blank",
        "Since the update, is there a way to get back in?",
    ],
    SEVERAL: [
        "everyone in my group has it",
        "Everyone in my group",
        "two of my patients cannot log in either, same message",
        "Three patients today say the codes do not come",
        "other people have the same problem",
        "my friend has exactly the same problem",
        "it happens to all my caseload",
        "nobody in our team can log in",
        "No one can get in this morning",
        "all users are locked out",
        "it's not just me",
        "several of us cannot open it",
    ],
    WRONG: [
        "it shows the wrong score",
        "The total is wrong",
        "my ratings are all wrong",
        "lost all my answers",
        "my answers have gone",
        "All of my diary entries have been deleted",
        "half the information has vanished",
        "it does not match what I put",
        "my notes disappeared",
    ],
}

NOT_SAID = {
    TRIED: [
        "I have not tried resetting it",
        "haven't reinstalled it, still waiting",
        "never tried another browser, is it the same?",
        "Should I try to reinstall it?",
        "Requested a password reset an hour ago and still nothing",
        "the reset link does not work",
        "I tried to find my homework",
        "I've done all the steps of module 2 and cannot go on",
        "message failed, tried all day",
    ],
    UPDATE: [
        "it did this before the update",
        "not since the update, much longer",
        "it will not update",
        "stuck on the update",
        "it keeps telling me to update",
        "I updated my email address and cannot log in",
        "since I updated my password it is slow",
        "do I need the latest version?",
        "it crashes even after an update",
        "did it begin after the update?",
        "if it is since the update, tell me",
    ],
    SEVERAL: [
        "only me",
        "not everyone in my group has it",
        "is everyone in my group having this?",
        "does my friend get the same?",
        "other people can read it on my screen",
        "my friend on the same course told me about it",
        "my practitioner and I both use it",
        "progress is empty for all of my patients",
        "I share a phone with my partner",
        "I wonder if other people have the same problem",
    ],
    WRONG: [
        "it says my password is wrong",
        "wrong email or password",
        "I put the wrong answer in",
        "it does not show the wrong score, it shows none",
        "my answers are not lost",
        "I lost my phone",
        "I have lost my password",
        "my graph is empty",
        "please delete my answers",
        "has my diary been deleted?",
        "I am worried that I do something wrong",
    ],
}


@each_case(("cue", "text"), [(cue, text) for cue, texts in SAID.items() for text in texts])
def test_a_cue_is_found_where_it_is_said(cue, text):
    assert cue in stated_cues(text)


@each_case(("cue", "text"), [(cue, text) for cue, texts in NOT_SAID.items() for text in texts])
def test_a_cue_is_not_found_where_it_is_asked_denied_or_something_else(cue, text):
    assert cue not in stated_cues(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I forgot my password",
        "The app will not install on my phone.",
        "Too many notifications from the app, please make it stop",
        "How do I print my answers?",
        "My practitioner has not replied for a week",
        "I would like to book a session",
        "Thank you, it is a great programme",
        "My English is not good enough",
    ],
)
def test_an_ordinary_report_gives_no_cue(text):
    assert stated_cues(text) == frozenset()


def test_several_cues_are_found_at_once():
    text = "Since the update my answers have gone. Reinstalled it, no change. Everyone in my group has this!"
    assert stated_cues(text) == frozenset(Cue)


def test_one_denial_does_not_hide_what_is_said_elsewhere():
    assert stated_cues("I have not tried resetting it. I tried reinstalling and it still crashes") == {TRIED}


@given(st.sampled_from(sorted((cue, text) for cue, texts in SAID.items() for text in texts)))
def test_case_spaces_and_apostrophes_do_not_matter(said):
    cue, text = said
    written = f"  {text.upper().replace(' ', '   ').replace(chr(39), '’')}\n\nThanks"
    assert cue in stated_cues(written)


@given(st.text(max_size=5000))
def test_any_text_is_read(text):
    assert stated_cues(text) <= frozenset(Cue)


@pytest.mark.parametrize(
    "again", ["tried , ", "my my ", "five people ", "since ", "? is ", "if ", "reset ", "a"]
)
def test_no_text_takes_long(again):
    text = (again * 5000)[:5000]
    assert min(repeat(lambda: stated_cues(text), number=1, repeat=5)) < 0.05
