import re
from itertools import chain

import pytest
import yaml

from navigator.catalogue import catalogue as categories
from navigator.catalogue.catalogue import (
    Blocks,
    Catalogue,
    Category,
    Cue,
    Fixability,
    InvalidCatalogue,
    Kind,
    catalogue,
    fixable,
    parse_catalogue,
)
from navigator.catalogue.contact import ContactKind
from navigator.catalogue.taxonomy_file import TAXONOMY
from tests.cases import each_case

LEAVES = {leaf.id: leaf for leaf in catalogue().leaves}
each_leaf = each_case("leaf", LEAVES.values())

# The ids that reports, measurements and overrides name: one may be added here, none may go.
STABLE = {
    "access": [
        "no_account_or_invite",
        "wrong_site_or_email",
        "forgotten_password",
        "reset_email_missing",
        "locked_or_inactive",
        "two_step_code",
        "registration_refused",
        "signed_out",
        "change_details",
        "national_login",
    ],
    "device": ["unsupported_or_install", "no_device_or_data", "browser_display_media", "slow_connection"],
    "notify": ["too_many", "not_arriving"],
    "use": [
        "cannot_find_way",
        "module_missing_or_locked",
        "lost_answers",
        "mood_rating_sync",
        "outage_or_error",
        "how_to",
        "messages_fault",
        "correct_entry",
        "feature_fault",
    ],
    "needs": ["assistive_tech", "text_heavy", "language", "digital_confidence"],
    "staff": ["reply_missing", "cannot_see_progress", "account_rights", "record_integration"],
    "protocol": ["required_module", "condition_not_covered", "pace_or_time"],
    "privacy": ["question_or_close"],
    "training": ["request"],
    "other": ["suggestion", "feedback"],
    "divert": ["risk", "safeguarding", "clinical", "appointment", "harm_or_complaint", "data_incident"],
}


def test_the_ids_are_stable():
    assert {f"{group}.{leaf}" for group, leaves in STABLE.items() for leaf in leaves} == set(LEAVES)


def test_a_category_is_found_by_its_id():
    assert catalogue().category("access.forgotten_password").fixability is Fixability.NAVIGATOR
    with pytest.raises(KeyError):
        catalogue().category("access.nothing")


def test_the_catalogue_is_read_once():
    assert catalogue() is catalogue()


@pytest.mark.parametrize(
    ("fixability", "answer"),
    [
        (Fixability.NAVIGATOR, True),
        (Fixability.SERVICE, True),
        (Fixability.SUPPLIER, False),
        (Fixability.PROTOCOL, False),
        (Fixability.DIVERT, None),
        (Fixability.NONE, None),
    ],
)
def test_fixable_is_true_false_or_neither(fixability, answer):
    assert fixable(fixability) is answer


def test_patients_are_offered_what_they_can_know_and_staff_everything():
    offered = {leaf.id for leaf in catalogue().for_audience("patient")}
    hidden = set(LEAVES) - offered
    assert hidden == {
        "divert.risk",
        "divert.safeguarding",
        "staff.cannot_see_progress",
        "staff.account_rights",
        "staff.record_integration",
        "training.request",
    }
    assert {leaf.id for leaf in catalogue().for_audience("pwp")} == set(LEAVES)


def test_groups_stand_in_order_and_none_is_empty():
    for audience in ("patient", "pwp"):
        shown = [
            leaf
            for group in catalogue().groups_for(audience)
            for leaf in catalogue().in_group(group.id, audience)
        ]
        assert len(shown) == len(set(shown)) == len(catalogue().for_audience(audience))
    assert [group.id for group in catalogue().groups if group not in catalogue().groups_for("patient")] == [
        "training"
    ]
    assert catalogue().groups[0].label == "Getting in"


def test_a_patient_reads_the_patients_label():
    leaf = LEAVES["access.forgotten_password"]
    assert leaf.label_for("patient") == "I forgot my password or PIN"
    assert leaf.label_for("pwp") == "Forgotten password, username or app PIN"
    assert LEAVES["training.request"].label_for("patient") == LEAVES["training.request"].staff_label


@each_leaf
def test_every_leaf_tells_the_reporter_who_why_and_what_now(leaf: Category):
    assert leaf.reason
    assert leaf.next_step
    assert leaf.workaround
    assert leaf.patient_workaround or not leaf.patient_label


def told(leaf: Category) -> list[str]:
    """Everything of a leaf that a reporter reads."""
    asked = [
        text for question in leaf.questions for text in (question.text, *(o.label for o in question.options))
    ]
    said = [leaf.patient_label, leaf.patient_workaround, leaf.reason, leaf.next_step, *leaf.try_first, *asked]
    return [text for text in said if text]


TOLD = {leaf.id: told(leaf) for leaf in LEAVES.values()} | {
    "moved": [*catalogue().moved.reason.values(), *catalogue().moved.next_step.values()],
    "overrides": [
        text
        for overrides in catalogue().programme_overrides.values()
        for override in overrides.values()
        for text in (override.reason, override.next_step)
    ],
}


@each_case(("id", "texts"), TOLD.items())
def test_what_people_read_is_in_plain_words_and_short_sentences(id, texts):
    for sentence in re.split(r"(?<=[.?!])\s+", " ".join(f"{text.rstrip('.?!')}." for text in texts)):
        assert len(sentence.split()) <= 20, sentence
    together = " ".join(texts)
    assert not re.search(
        r"\bsign(ed|ing)? ?(in|out)\b|\bplease ensure\b|\butili[sz]e\b|\bvia\b|\*", together, re.I
    )
    assert "'" not in together  # typographic apostrophes, as in everything people read


@each_leaf
def test_nothing_suggests_taking_or_setting_a_password_for_somebody(leaf: Category):
    words = " ".join([*told(leaf), leaf.usual_fix, leaf.workaround]).casefold()
    assert not re.search(r"(tell|give|send) (us|me|the navigator) your (password|pin|code)", words)


@each_leaf
def test_no_id_stands_in_what_people_read(leaf: Category):
    words = " ".join([*told(leaf), leaf.usual_fix, leaf.workaround, leaf.escalate_when])
    assert not [id for id in LEAVES if id in words]


def test_what_staff_and_reporters_read_says_practitioner_and_draws_no_arrow():
    """14: "PWP" and "->" stood in what practitioners choose from and navigators read on a ticket."""
    read = "\n".join(line for line in TAXONOMY.read_text("utf-8").splitlines() if not line.startswith("#"))
    assert "PWP" not in read
    assert "->" not in read


@each_leaf
def test_to_try_first_is_for_patients_and_not_for_what_is_not_theirs(leaf: Category):
    if leaf.try_first:
        assert leaf.patient_label
        assert leaf.kind in {Kind.INCIDENT, Kind.REQUEST, Kind.KNOWN_ERROR_CANDIDATE}
        assert leaf.fixability not in {Fixability.DIVERT, Fixability.PROTOCOL, Fixability.NONE}


def test_account_changes_are_never_for_the_patient_to_try():
    for id in ("access.change_details", "access.locked_or_inactive", "privacy.question_or_close"):
        assert LEAVES[id].try_first == ()


@pytest.mark.parametrize(
    "id",
    [
        "access.change_details",
        "access.locked_or_inactive",
        "access.reset_email_missing",
        "access.two_step_code",
    ],
)
def test_where_access_is_given_back_the_person_is_checked_first(id):
    assert "check that it is you" in LEAVES[id].next_step


@each_leaf
def test_every_question_can_be_left_open_and_a_patient_is_asked_three_at_most(leaf: Category):
    for question in leaf.questions:
        assert question.options[-1].value == "not_sure"
        assert question.options[-1].cue is None
        assert len(question.options) >= 3
    if leaf.patient_label:
        assert len(leaf.questions_for("patient")) <= 3
    assert leaf.questions_for("pwp") == leaf.questions


@each_leaf
def test_every_cue_that_could_move_a_fix_is_asked_for(leaf: Category):
    asked = {option.cue for question in leaf.questions for option in question.options if option.cue}
    assert asked >= set(leaf.moves)


def test_a_patient_is_asked_for_a_cue_wherever_one_can_move_the_answer():
    for leaf in catalogue().for_audience("patient"):
        if leaf.moves and leaf.fixability in {Fixability.NAVIGATOR, Fixability.SERVICE}:
            options = chain.from_iterable(question.options for question in leaf.questions_for("patient"))
            assert any(option.cue in leaf.moves for option in options if option.cue), leaf.id


@each_leaf
def test_a_divert_goes_to_a_contact_that_services_name(leaf: Category):
    assert set(leaf.contacts) <= set(ContactKind)
    assert bool(leaf.contacts) >= (leaf.fixability is Fixability.DIVERT)


def test_the_diverts_go_where_they_must():
    assert {id: leaf.contacts[0] for id, leaf in LEAVES.items() if leaf.group == "divert"} == {
        "divert.risk": "duty_clinician",
        "divert.safeguarding": "safeguarding",
        "divert.clinical": "pwp",
        "divert.appointment": "booking",
        "divert.harm_or_complaint": "clinical_safety",
        "divert.data_incident": "data_protection",
    }
    assert LEAVES["divert.harm_or_complaint"].contacts == ("clinical_safety", "complaints")
    assert LEAVES["staff.account_rights"].contacts[0] == "application_manager"


def test_what_stops_the_session_is_known():
    assert LEAVES["access.forgotten_password"].blocks_session is Blocks.YES
    assert LEAVES["notify.too_many"].blocks_session is Blocks.NO
    assert sum(leaf.blocks_session is Blocks.YES for leaf in LEAVES.values()) >= 15


def test_leaves_can_be_kept_in_a_set():
    assert len({*LEAVES.values(), *LEAVES.values()}) == len(LEAVES)


def test_no_brand_is_shipped_as_the_truth_about_a_programme():
    shipped = TAXONOMY.read_text().split("sources:")[0].casefold()
    assert not re.search(r"minddistrict|silvercloud|moodbuster|sleepio|beating the blues", shipped)
    overrides = [o for programme in catalogue().programme_overrides.values() for o in programme.values()]
    assert overrides
    assert all(o.refs and o.verified_on is None for o in overrides)


SMALL = """
version: 1
groups: [{id: access, label: Getting in}]
not_sure: {value: not_sure, label: Not sure}
shared_questions:
  after_update: {text: "After an update?", options: [{value: "yes", label: "Yes", cue: after_update}]}
moved:
  because: {after_update: after an update}
  reason: {supplier: Theirs.}
  next_step: {supplier: We ask them.}
leaves:
  - id: access.one
    group: access
    patient_label: I cannot get in
    staff_label: Cannot get in
    kind: incident
    fixability: navigator
    fix_owner: [navigator]
    reason: We can.
    next_step: We do.
    usual_fix: Try.
    workaround: Wait.
    escalate_when: Never
    blocks_session: "yes"
    basis: sourced
    refs: [HERE]
    moves: {after_update: supplier}
    questions: [{id: place, text: "Where?", options: [{value: app, label: App}]}]
sources: {HERE: a page}
programme_overrides: {}
"""


def changed(**leaf: object) -> str:
    raw = yaml.safe_load(SMALL)
    raw["leaves"][0].update(leaf)
    return yaml.safe_dump(raw)


def small(text: str = SMALL) -> Catalogue:
    return parse_catalogue(text)


def test_a_small_catalogue_is_read():
    leaf = small().category("access.one")
    assert leaf.blocks_session is Blocks.YES
    place, update = leaf.questions
    assert [option.value for option in place.options] == ["app", "not_sure"]
    assert (update.id, update.staff_only, update.options[0].cue) == ("after_update", True, Cue.AFTER_UPDATE)
    assert leaf.questions_for("patient") == (place,)


def test_a_shared_question_can_be_put_in_a_leafs_own_words():
    leaf = small(changed(questions=[{"use": "after_update", "text": "Since the new one?"}])).category(
        "access.one"
    )
    (question,) = leaf.questions
    assert (question.text, question.staff_only) == ("Since the new one?", False)
    assert [option.value for option in question.options] == ["yes", "not_sure"]


APP = {"value": "app", "label": "App"}
QUESTION = {"id": "q", "text": "Where?", "options": [APP]}


@each_case(
    ("leaf", "message"),
    [
        ({"fixability": "nobody"}, r"access\.one\.fixability: Input should be 'navigator'"),
        ({"kind": "fault"}, r"access\.one\.kind: Input should be 'incident'"),
        ({"blocks_session": True}, r"access\.one\.blocks_session: Input should be"),
        ({"basis": "guess"}, r"access\.one\.basis"),
        ({"contacts": ["the_boss"]}, r"access\.one\.contacts\.0"),
        ({"reason": ""}, r"access\.one\.reason: String should have at least 1 character"),
        ({"next_step": None}, r"access\.one\.next_step"),
        ({"workaround": ""}, r"access\.one\.workaround"),
        ({"reason": "long " * 100}, r"access\.one\.reason: String should have at most 300 characters"),
        ({"patient_label": "long " * 30}, r"access\.one\.patient_label: String should have at most 120"),
        ({"patient_lable": "I cannot"}, r"access\.one\.patient_lable: Unexpected keyword argument"),
        ({"id": "Access one"}, "should match pattern"),
        ({"moves": {"a_feeling": "supplier"}}, r"access\.one\.moves\.a_feeling"),
        ({"moves": {"after_update": "divert"}}, "access.one: moves on to divert"),
        ({"moves": {"after_update": "navigator"}}, "access.one: moves on to navigator"),
        ({"moves": {"after_update": "service"}}, "moves on to service by after_update without words"),
        (
            {"moves": {"several_people": "supplier"}},
            r"access\.one\.questions\.1\.text",
        ),  # nothing shared asks it
        ({"group": "elsewhere"}, "access.one: group elsewhere is not in the list"),
        ({"refs": ["NOWHERE"]}, "access.one: source NOWHERE is not in the list"),
        ({"fixability": "divert"}, "access.one: is a divert in one of kind and fixability only"),
        ({"fixability": "divert", "kind": "divert"}, "access.one: is a divert to nobody"),
        ({"questions": [QUESTION, QUESTION]}, "access.one: question q stands twice"),
        (
            {"questions": [QUESTION | {"options": [APP, APP]}]},
            "access.one: q answer app stands twice",
        ),
        (
            {"questions": [QUESTION | {"id": f"q{n}"} for n in range(4)]},
            "asks a patient more than 3 questions",
        ),
    ],
)
def test_a_wrong_leaf_is_refused_by_name_and_place(leaf, message):
    with pytest.raises(InvalidCatalogue, match=message):
        small(changed(**leaf))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda raw: raw["leaves"].append(raw["leaves"][0]), "leaf access.one stands twice"),
        (lambda raw: raw["groups"].append(raw["groups"][0]), "group access stands twice"),
        (lambda raw: raw["leaves"][0].pop("reason"), r"access\.one\.reason: Field required"),
        (lambda raw: raw["leaves"][0].pop("usual_fix"), r"access\.one\.usual_fix"),
        (lambda raw: raw.pop("sources"), "sources: Field required"),
        (
            lambda raw: raw["programme_overrides"].update(
                steady={"access.two": {"fixability": "service", "reason": "They can."}}
            ),
            "steady: overrides access.two, which is no leaf",
        ),
    ],
)
def test_a_wrong_file_is_refused(change, message):
    raw = yaml.safe_load(SMALL)
    change(raw)
    with pytest.raises(InvalidCatalogue, match=message):
        small(yaml.safe_dump(raw))


def test_a_file_that_is_no_yaml_is_refused():
    with pytest.raises(InvalidCatalogue, match="line 2, column"):
        small("version: 1\ngroups: {: ?")


def test_all_faults_are_named_at_once():
    with pytest.raises(InvalidCatalogue) as wrong:
        small(changed(group="elsewhere", refs=["NOWHERE"]))
    assert "elsewhere" in str(wrong.value)
    assert "NOWHERE" in str(wrong.value)


def test_every_leaf_has_a_short_name_of_its_own():
    names = [leaf.short_label for leaf in LEAVES.values()]
    assert None not in names
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Smart watch: does not count steps", "Smart watch"),
        ("The exercises of our own service are missing", "The exercises of our…"),
    ],
)
def test_what_an_administrator_worded_is_shortened_to_its_beginning(label: str, name: str):
    id = next(iter(LEAVES))
    wording = {id: {"staff_label": label}}
    reworded = parse_catalogue(TAXONOMY.read_text(encoding="utf-8"), wording).category(id)
    assert reworded is not None
    assert reworded.short_name == name
    assert len(name) <= 24


def test_everything_public_is_named():
    assert set(categories.__all__) <= set(dir(categories))
