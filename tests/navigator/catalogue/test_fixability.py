import re
from itertools import chain, combinations

import pytest

from navigator.catalogue.catalogue import Cue, Fixability, catalogue, fixable
from navigator.catalogue.fixability import MAX_ASKED, Override, cues_in_answers, decide, questions_that_decide
from tests.cases import each_case

LEAVES = {leaf.id: leaf for leaf in catalogue().leaves}
NAVIGATOR, SERVICE, SUPPLIER = Fixability.NAVIGATOR, Fixability.SERVICE, Fixability.SUPPLIER
TRIED, UPDATE, SEVERAL, WRONG = Cue
CUE_SETS = [frozenset(cues) for size in range(5) for cues in combinations(Cue, size)]
ORDER = [NAVIGATOR, SERVICE, SUPPLIER]


def decided(id: str, *cues: Cue, override: Override | None = None):
    return decide(LEAVES[id], override, frozenset(cues))


# RULE 4, written out by hand: leaf, what was told, who can fix it then.
RULE_4 = [
    ("access.forgotten_password", (), NAVIGATOR),
    ("access.forgotten_password", (TRIED,), SERVICE),  # a reset that is refused
    ("access.wrong_site_or_email", (TRIED,), SERVICE),
    ("access.forgotten_password", (UPDATE,), SUPPLIER),
    ("access.forgotten_password", (TRIED, SEVERAL), SUPPLIER),
    ("device.unsupported_or_install", (TRIED,), SUPPLIER),  # a reinstall that fails
    ("device.unsupported_or_install", (UPDATE,), SUPPLIER),
    ("device.browser_display_media", (TRIED,), SUPPLIER),
    ("notify.not_arriving", (SEVERAL,), SUPPLIER),
    ("access.two_step_code", (), SERVICE),
    ("access.two_step_code", (SEVERAL,), SUPPLIER),
    ("access.reset_email_missing", (TRIED,), SUPPLIER),
    ("use.module_missing_or_locked", (TRIED,), SUPPLIER),
    ("use.mood_rating_sync", (WRONG,), SUPPLIER),
    ("use.lost_answers", (), SUPPLIER),
    ("use.lost_answers", (TRIED, UPDATE, SEVERAL, WRONG), SUPPLIER),
    # wishes and questions are no faults
    ("access.change_details", (UPDATE, SEVERAL, WRONG), SERVICE),
    ("device.no_device_or_data", (SEVERAL,), SERVICE),
    ("needs.language", (SEVERAL,), SERVICE),
    ("needs.digital_confidence", (TRIED, UPDATE), NAVIGATOR),
    ("use.how_to", (UPDATE,), NAVIGATOR),
    ("staff.reply_missing", (SEVERAL,), SERVICE),
    ("training.request", (SEVERAL,), NAVIGATOR),
    # and what is not in the order of trying never moves
    ("protocol.required_module", (TRIED, UPDATE, SEVERAL, WRONG), Fixability.PROTOCOL),
    ("needs.text_heavy", (SEVERAL,), Fixability.PROTOCOL),
    ("divert.clinical", (TRIED, UPDATE, SEVERAL, WRONG), Fixability.DIVERT),
    ("other.feedback", (UPDATE,), Fixability.NONE),
]


@each_case(("id", "cues", "expected"), RULE_4)
def test_the_order_of_trying_is_navigator_then_service_then_supplier(id, cues, expected):
    assert decided(id, *cues).fixability is expected


@each_case("id", LEAVES)
@each_case("cues", CUE_SETS)
def test_whatever_is_told_of_any_leaf_the_answer_is_whole(id, cues):
    leaf, verdict = LEAVES[id], decide(LEAVES[id], None, cues)
    assert verdict.fixable is fixable(verdict.fixability)
    assert verdict.workaround == (leaf.patient_workaround or leaf.workaround)
    assert set(verdict.moved_by) <= cues
    if leaf.fixability in ORDER:
        assert ORDER.index(verdict.fixability) >= ORDER.index(leaf.fixability)
    else:
        assert verdict.fixability is leaf.fixability
    assert bool(verdict.moved_by) == (verdict.fixability is not leaf.fixability)
    for text in (verdict.reason, verdict.next_step):
        for sentence in re.split(r"(?<=[.?!])\s+", text):
            assert re.fullmatch(r"[A-Z“‘].*[.?!]", sentence), sentence
            assert len(sentence.split()) <= 20, sentence


def test_what_has_not_moved_says_the_leafs_own_words():
    leaf, verdict = LEAVES["access.forgotten_password"], decided("access.forgotten_password")
    assert (verdict.reason, verdict.next_step) == (leaf.reason, leaf.next_step)
    assert (verdict.moved_by, verdict.fixable) == ((), True)


def test_what_has_moved_says_why_and_who():
    verdict = decided("access.forgotten_password", TRIED)
    assert (
        verdict.reason == "The usual fix failed. Someone in your service with more access can put it right."
    )
    assert verdict.next_step == catalogue().moved.next_step[SERVICE]
    assert (verdict.moved_by, verdict.fixable) == ((TRIED,), True)


def test_only_what_decided_is_named():
    verdict = decided("access.forgotten_password", TRIED, UPDATE)
    assert verdict.moved_by == (UPDATE,)
    assert verdict.reason.startswith("It began after an update. Only the company")


@pytest.mark.parametrize(
    ("cues", "because"),
    [
        ((UPDATE, SEVERAL), "It began after an update. Others have it too."),
        (
            (SEVERAL, UPDATE, WRONG),
            "It began after an update. Others have it too. Some information is wrong or lost.",
        ),
    ],
)
def test_several_causes_are_told_in_a_sentence_each(cues, because):
    assert decided("device.unsupported_or_install", *cues).reason.startswith(because)


def test_a_cue_that_changes_nothing_is_not_named():
    assert decided("use.lost_answers", UPDATE).moved_by == ()
    assert decided("use.lost_answers", UPDATE).reason == LEAVES["use.lost_answers"].reason


OURS = Override(
    fixability=NAVIGATOR,
    reason="You can turn them off yourself.",
    next_step="We show you where.",
    workaround="Mute it.",
)


def test_the_programmes_override_comes_first():
    verdict = decided("notify.too_many", override=OURS)
    assert (verdict.fixability, verdict.fixable) == (NAVIGATOR, True)
    assert (verdict.reason, verdict.next_step) == (OURS.reason, OURS.next_step)
    assert verdict.workaround == "Mute it."


def test_what_an_override_leaves_empty_stays_as_the_leaf_has_it():
    leaf = LEAVES["notify.too_many"]
    verdict = decided("notify.too_many", override=Override(fixability=SERVICE, reason=""))
    assert verdict.fixability is SERVICE
    assert (verdict.reason, verdict.next_step) == (leaf.reason, leaf.next_step)
    assert verdict.workaround == leaf.patient_workaround


def test_an_override_moves_on_too_and_never_back():
    assert decided("notify.too_many", TRIED, override=OURS).fixability is SUPPLIER
    supplier = Override(fixability=SUPPLIER, reason="They must change it.")
    verdict = decided("access.forgotten_password", TRIED, override=supplier)
    assert (verdict.fixability, verdict.reason, verdict.moved_by) == (SUPPLIER, supplier.reason, ())


def test_an_override_to_protocol_never_moves():
    meant = Override(fixability=Fixability.PROTOCOL, reason="It is meant to be so.")
    assert decided("use.module_missing_or_locked", *Cue, override=meant).fixability is Fixability.PROTOCOL


def test_the_example_overrides_change_what_they_say():
    examples = chain.from_iterable(
        overrides.items() for overrides in catalogue().programme_overrides.values()
    )
    for id, override in examples:
        verdict = decided(id, override=override)
        assert (verdict.fixability, verdict.reason) == (override.fixability, override.reason)


@pytest.mark.parametrize(
    ("id", "answers", "expected"),
    [
        ("access.forgotten_password", {"tried_usual_fix": "yes"}, {TRIED}),
        ("access.forgotten_password", {"tried_usual_fix": "no", "which": "pin"}, set()),
        ("access.forgotten_password", {"tried_usual_fix": "not_sure"}, set()),
        ("access.forgotten_password", {"several_people": "yes", "after_update": "yes"}, {SEVERAL, UPDATE}),
        ("use.mood_rating_sync", {"data_wrong": "yes", "shows_for_me": "no"}, {WRONG}),
        ("notify.too_many", {"off_switch": "yes"}, {TRIED}),
        ("use.how_to", {"after_update": "yes"}, set()),  # not asked there
        ("use.how_to", {"about": "nonsense", "weather": "yes"}, set()),
        ("use.how_to", {}, set()),
    ],
)
def test_answers_give_cues(id, answers, expected):
    assert cues_in_answers(LEAVES[id], answers) == expected


@pytest.mark.parametrize("id", [leaf.id for leaf in catalogue().for_audience("patient")])
def test_a_patient_is_asked_what_would_change_who_can_fix_it_and_no_more(id: str):
    """15.2: two questions at most, each with an answer that moves the fix, none of what others have."""
    leaf = LEAVES[id]
    asked = questions_that_decide(leaf, None)
    assert len(asked) <= MAX_ASKED == 2
    for question in asked:
        cues = [option.cue for option in question.options if option.cue]
        assert any(decided(id, cue).fixability is not leaf.fixability for cue in cues)
        assert SEVERAL not in cues
    left = [question for question in leaf.questions_for("patient") if question not in asked]
    for question in left:
        for option in question.options:
            assert option.cue is None or decided(id, option.cue).fixability is leaf.fixability


def test_nothing_is_asked_where_a_programme_settles_it():
    """15.2: with the supplier already, no answer moves it."""
    override = Override(SUPPLIER, "Only the company can.")
    assert questions_that_decide(LEAVES["access.forgotten_password"], None)
    assert questions_that_decide(LEAVES["access.forgotten_password"], override) == ()


def test_what_was_told_in_words_is_not_asked_again():
    """15.2: after an update only the supplier can put it right, whatever else is so."""
    leaf = LEAVES["device.unsupported_or_install"]
    assert len(questions_that_decide(leaf, None)) == 2
    assert questions_that_decide(leaf, None, frozenset({UPDATE})) == ()
    password = LEAVES["access.forgotten_password"]
    assert questions_that_decide(password, None, frozenset({TRIED})) == ()
