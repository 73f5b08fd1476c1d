"""Tickets through the API: the queue, one ticket, and one ticket's life."""

import pytest
from sqlmodel import select

from navigator.people import private_links
from navigator.people.user import Role
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import sending
from navigator.tickets.actions.undo_send import time_to_undo
from navigator.tickets.inputs import SendInput
from navigator.tickets.ticket import ClinicalReview, Event
from tests.api.conftest import WORDS, make_ticket
from tests.cases import each_case

RISK = "I can not do this any more, I want to end my life."


def numbers(answer):
    return [row["number"] for row in answer.json()["tickets"]]


# The queue


def test_the_queue_is_in_the_desks_one_order(navigator, session, people):
    made = [make_ticket(session).number for _ in range(3)]
    navigator.post(f"/tickets/{made[2]}/session", json={"next_session": "2026-06-10"})
    assert numbers(navigator.get("/tickets")) == [made[2], made[0], made[1]]


def test_a_row_says_where_a_ticket_stands_and_nothing_that_was_said(navigator, people, ticket):
    answer = navigator.get("/tickets")
    (row,) = answer.json()["tickets"]
    assert row["number"] == ticket.number
    assert (row["service"], row["programme"], row["status"]) == ("north", None, "new")
    assert row["assignee"] in ("Amina Yusuf", "Tom Baker")
    assert row["due_at"].endswith("Z")
    assert WORDS not in answer.text
    assert "patient@example.org" not in answer.text


def test_pages_follow_each_other_without_gap_or_overlap(navigator, session, people):
    made = [make_ticket(session).number for _ in range(5)]
    seen, after = [], None
    while True:
        page = navigator.get("/tickets", params={"limit": 2} | ({"after": after} if after else {}))
        assert len(numbers(page)) <= 2
        seen += numbers(page)
        if (after := page.json()["next"]) is None:
            break
    assert seen == made


def test_words_that_can_still_be_taken_back_say_when_they_leave(navigator, session, people, ticket):
    message = SendInput(body="Please try the reset page.")
    with time_to_undo(session, people.amina, Action.REPLY, ticket.number, message):
        sending.reply(session, people.amina, ticket.number, message)
    session.flush()
    told, sent = navigator.get(f"/tickets/{ticket.number}").json()["messages"]
    assert (told["leaves_at"], sent["body"]) == (None, "Please try the reset page.")
    assert sent["leaves_at"] > sent["at"]
    assert navigator.post(f"/tickets/{ticket.number}/replies", json={"body": "And this"}).status_code == 200
    assert navigator.get(f"/tickets/{ticket.number}").json()["messages"][-1]["leaves_at"] is None


@pytest.mark.parametrize(
    "after",
    [
        "x",
        "é",
        "1",
        "1781000000000000.3.1781000000000000",
        "1781000000000000.3.1781000000000000.7.7",
        "-1781000000000000.3.1781000000000000.7",
        "١٧٨١.3.1781000000000000.7",
        "999999999999999999.3.1781000000000000.7",  # after the year 9999
        "1781000000000000.9999999999999999999.1781000000000000.7",
        "WyIyMDI2LTA2LTA5VDA5OjAwOjAwWiIsIDMsICIyMDI2LTA2LTA5VDA5OjAwOjAwWiIsIDFd",  # as they once were
    ],
)
def test_a_cursor_that_the_desk_never_gave_is_refused(navigator, people, after):
    refused = navigator.get("/tickets", params={"after": after})
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["after"])


@each_case(
    ("asked", "found"),
    [
        ({"status": "new"}, 0),
        ({"status": "open"}, 2),
        ({"view": "unassigned"}, 0),
        ({"view": "waiting"}, 0),
        ({"service": "north"}, 2),
        ({"service": "south"}, 0),
        ({"category": "notify.too_many"}, 1),
        ({"group": "notify"}, 1),
        ({"fixable": "no"}, 1),
        ({"programme": "fern"}, 0),
        ({"programme": "-"}, 2),
        ({"category": "-"}, 0),
        ({"assignee": "-"}, 0),
        ({"due": "late"}, 0),
        ({"due": 20}, 2),
        ({"due_by": "2026-06-09"}, 0),
        ({"session": 3}, 0),
        ({"need": "email"}, 0),
        ({"need": "link"}, 2),
        ({"text": WORDS[:9]}, 2),
        ({"text": "giraffe"}, 0),
        ({"due": 21}, None),
        ({"due": "soon"}, None),
        ({"session": -1}, None),
        ({"need": "kindness"}, None),
        ({"reporter": "patient"}, 2),
        ({"reporter": "pwp"}, 0),
        ({"text": "x" * 201}, None),
        ({"service": "' OR ''='"}, None),
        ({"service": "\0"}, None),
        ({"limit": 0}, None),
        ({"limit": 101}, None),
        ({"view": "mine"}, None),  # a key has none
        ({"order_by": "reporter.email"}, None),
        ({"assignee.password_hash": "x"}, None),
    ],
)
def test_filters_are_from_a_list(navigator, session, people, asked, found):
    """T13 of the peers."""
    for category in ("notify.too_many", "access.forgotten_password"):
        number = make_ticket(session).number
        navigator.post(f"/tickets/{number}/triage", json={"category": category})
    answer = navigator.get("/tickets", params=asked)
    assert answer.status_code == (422 if found is None else 200)
    assert len(answer.json().get("tickets", ())) == (found or 0)


def test_a_stranger_sees_none_of_it(with_key, people, ticket):
    assert numbers(with_key(Role.NAVIGATOR, "south").get("/tickets")) == []


def test_a_clinician_sees_what_was_handed_over(with_key, session, people, ticket):
    risky = make_ticket(session, text=RISK)
    assert numbers(with_key(Role.CLINICIAN).get("/tickets")) == [risky.number]


# One ticket


def test_staff_see_everything_at_hand(navigator, session, people, ticket):
    navigator.post(f"/tickets/{ticket.number}/notes", json={"body": "Rang the supplier."})
    shown = navigator.get(f"/tickets/{ticket.number}").json()
    assert shown["contact"]["email"] == "patient@example.org"
    assert shown["service"] == {"code": "north", "name": "North Talking Therapies"}
    assert [(one["audience"], one["author"], one["body"]) for one in shown["messages"]] == [
        ("public", "reporter", WORDS),
        ("staff", "staff", "Rang the supplier."),
    ]
    assert [one["action"] for one in shown["events"]] == ["report", "assign", "note"]
    assert shown["suggestion"].keys() == {"category", "confidence", "why", "problems"}
    assert {"reply", "resolve", "park"} <= set(shown["allowed"])
    assert "claim" not in shown["allowed"]


def test_a_manager_sees_no_contact_details(with_key, people, ticket):
    shown = with_key(Role.MANAGER).get(f"/tickets/{ticket.number}")
    assert shown.json()["contact"] is None
    assert "patient@example.org" not in shown.text


def test_the_reporter_sees_what_is_public_and_no_trace_of_the_rest(navigator, reporter, people, ticket):
    """T12 of the peers."""
    path = f"/tickets/{ticket.number}"
    navigator.post(f"{path}/notes", json={"body": "Between us staff."})
    navigator.post(f"{path}/calls", json={"came": "spoke", "body": "Between us staff."})
    navigator.post(f"{path}/replies", json={"body": "We are on it."})
    answer = reporter.get(path)
    shown = answer.json()
    assert [one["body"] for one in shown["messages"]] == [WORDS, "We are on it."]
    public = {"author", "action", "body", "at", "attachments"}
    assert all(one.keys() == public for one in shown["messages"])
    assert "Between us" not in answer.text
    assert "Amina" not in answer.text
    assert "Tom" not in answer.text
    kept_back = {
        "events",
        "hand_overs",
        "suggestion",
        "priority",
        "practitioner",
        "assignee",
        "answers",
        "contact",
    }
    assert not kept_back & shown.keys()
    assert {"answer", "withdraw"} <= set(shown["allowed"])


def test_a_reporter_sees_no_other_ticket(reporter, session, people, ticket):
    other = make_ticket(session)
    assert reporter.get(f"/tickets/{other.number}").status_code == 404
    assert reporter.get("/tickets/999999").json() == reporter.get(f"/tickets/{other.number}").json()


def test_an_ended_link_opens_nothing(reporter, session, people, ticket):
    private_links.revoke_all(session, ticket.number)
    assert reporter.get(f"/tickets/{ticket.number}").status_code == 401


@pytest.mark.parametrize("number", ["0", "-1", "2147483648", "9" * 40, "x", "1.5"])
def test_what_is_no_number_is_no_ticket(navigator, people, number):
    assert navigator.get(f"/tickets/{number}").status_code == 422


# A ticket's life


def test_a_ticket_lives_from_new_to_closed(navigator, reporter, session, people, ticket):
    path = f"/tickets/{ticket.number}"

    def do(caller, verb, **body):
        answer = caller.post(f"{path}/{verb}", json=body or None)
        assert answer.status_code == 200, answer.text
        return answer.json()["status"]

    told = [
        do(navigator, "triage", category="access.forgotten_password", impact=3),
        do(navigator, "assignment", assignee_id=people.tom.user_id),
        do(navigator, "practitioner", pwp_id=people.priya.user_id),
        do(navigator, "verification", by="Tom Baker"),
        do(navigator, "calls", came="no_answer"),
        do(navigator, "waiting", body="Which phone is it?"),
        do(reporter, "answers", body="An old one."),
        do(navigator, "parking", body="The supplier has to fix it."),
        do(navigator, "reopening"),
        do(navigator, "resolution", resolution="fixed", body="Try it now."),
        do(reporter, "reopening", body="Still broken."),
        do(reporter, "session", next_session="2026-06-12"),
        do(navigator, "resolution", resolution="fixed", body="And now?"),
        do(reporter, "confirmation"),
    ]
    assert told == [
        *["open"] * 5,
        "waiting_for_reporter",
        "open",
        "waiting_for_supplier",
        "open",
        "resolved",
        "open",
        "open",
        "resolved",
        "closed",
    ]
    session.refresh(ticket)
    assert (ticket.assignee_id, ticket.pwp_id) == (people.tom.user_id, people.priya.user_id)
    signed = session.exec(select(Event).where(Event.action == "verify")).one()
    assert (signed.actor_name, signed.actor_id) == ("Tom Baker (north navigator)", None)


def test_a_ticket_may_be_closed_merged_and_withdrawn(navigator, reporter, session, people, ticket):
    first, second = (make_ticket(session, email="same@example.org").number for _ in range(2))
    merged = navigator.post(f"/tickets/{first}/merge", json={"into": second}).json()
    assert merged["number"] == second
    assert navigator.get(f"/tickets/{first}").json()["merged_into"] == second
    navigator.post(f"/tickets/{second}/resolution", json={"resolution": "explained", "body": "Like this."})
    assert navigator.post(f"/tickets/{second}/closure").json()["status"] == "closed"
    assert reporter.post(f"/tickets/{ticket.number}/withdrawal").json()["status"] == "closed"


def test_the_key_of_a_link_reads_and_moves_its_own_report_alone(navigator, reporter, session, ticket):
    """11.F2: whatever it was merged with."""
    other = make_ticket(session, text="words of somebody else", email="patient@example.org").number
    own = f"/tickets/{ticket.number}"
    before = reporter.get(own).json()["messages"]
    assert navigator.post(f"{own}/merge", json={"into": other}).status_code == 200
    shown = reporter.get(own)
    assert shown.json()["messages"] == before
    allowed = ["answer", "cancel_call", "contact", "end_links"]
    assert (shown.json()["status"], shown.json()["allowed"]) == ("merged", allowed)
    assert "merged_into" not in shown.json()
    assert reporter.get(f"/tickets/{other}").status_code == 404
    assert reporter.post(f"{own}/withdrawal").status_code == 403
    assert reporter.post(f"{own}/session", json={"next_session": None}).status_code == 403
    answered = reporter.post(f"{own}/answers", json={"body": "It is still so"}).json()
    assert (answered["number"], answered["status"]) == (ticket.number, "merged")
    assert navigator.get(f"/tickets/{other}").json()["messages"][-1]["body"] == "It is still so"


@pytest.mark.parametrize("body", [None, {}, {"version": 1}, {"version": 99}])
def test_a_key_is_told_why_it_cannot_claim(navigator, people, ticket, body):
    refused = navigator.post(f"/tickets/{ticket.number}/claim", json=body)
    assert refused.status_code == 403
    assert refused.json()["detail"] == "A key cannot do this. It is for somebody who is logged in."


def test_who_saw_an_older_version_is_told_what_changed(navigator, session, people, ticket):
    path, seen = f"/tickets/{ticket.number}", ticket.version
    navigator.post(f"{path}/assignment", json={"assignee_id": people.tom.user_id})
    refused = navigator.post(f"{path}/replies", json={"body": "Hello", "version": seen})
    assert refused.status_code == 409
    (change,) = refused.json()["changes"]
    assert (change["action"], change["by"], change["version"]) == ("assign", "north navigator", seen + 1)
    by_reference = navigator.post(
        f"/tickets/dn-{ticket.number}/replies", json={"body": "Hello", "version": 0}
    )
    assert by_reference.status_code == 409
    begun, *_ = by_reference.json()["changes"]
    assert (begun["action"], begun["from_status"]) == ("report", None), "as the document of the API promises"
    assert "Hello" not in navigator.get(path).text
    now = navigator.get(path).json()["version"]
    assert navigator.post(f"{path}/replies", json={"body": "Hello", "version": now}).status_code == 200


@each_case(
    ("verb", "body", "field"),
    [
        ("assignment", {"assignee_id": 999}, "assignee_id"),
        ("assignment", {"assignee_id": 10**29}, "assignee_id"),
        ("practitioner", {"pwp_id": 999}, "pwp_id"),
        ("practitioner", {}, "pwp_id"),
        ("triage", {"category": "no.such"}, "category"),
        ("triage", {"category": "notify.too_many", "impact": 6}, "impact"),
        ("triage", {"category": "notify.too_many", "fixability": "perhaps"}, "fixability"),
        ("replies", {"body": " "}, "body"),
        ("replies", {"body": "x" * 5001}, "body"),
        ("notes", {"body": "x", "audience": "public"}, "audience"),
        ("resolution", {"resolution": "gone", "body": "x"}, "resolution"),
        ("merge", {"into": 0}, "into"),
        ("session", {"next_session": "tomorrow"}, "next_session"),
        ("verification", {}, "by"),
        ("verification", {"by": " "}, "by"),
        ("hand-over", {"reason": ""}, "reason"),
        ("replies", {"body": "x", "version": 10**29}, "version"),
    ],
)
def test_a_verb_names_the_field_at_fault(navigator, people, ticket, verb, body, field):
    before = ticket.version
    refused = navigator.post(f"/tickets/{ticket.number}/{verb}", json=body)
    assert (refused.status_code, list(refused.json()["errors"])) == (422, [field])
    assert navigator.get(f"/tickets/{ticket.number}").json()["version"] == before


@pytest.mark.parametrize("service", ["north", "south"])
def test_nobody_of_another_service_can_be_given_a_ticket(with_key, people, ticket, service):
    other = {"north": people.sam, "south": people.tom}[service]
    answer = with_key(Role.NAVIGATOR, service).post(
        f"/tickets/{ticket.number}/assignment", json={"assignee_id": other.user_id}
    )
    assert answer.status_code == (422 if service == "north" else 404)


def test_a_verb_out_of_turn_says_so(navigator, people, ticket):
    refused = navigator.post(f"/tickets/{ticket.number}/closure")
    assert (refused.status_code, "changes" in refused.json()) == (409, False)
    assert "new" in refused.json()["detail"]


# Hand-overs


def test_a_hand_over_is_read_and_ended_by_a_named_clinician(navigator, with_key, session, people, ticket):
    clinician, path = with_key(Role.CLINICIAN), f"/tickets/{ticket.number}"
    made = navigator.post(f"{path}/hand-over", json={"reason": "She sounded very low on the phone."})
    id = made.json()["id"]
    (listed,) = clinician.get("/hand-overs").json()["hand_overs"]
    assert (listed["id"], listed["why"], listed["acknowledged_at"]) == (
        id,
        ["She sounded very low on the phone."],
        None,
    )
    assert clinician.post(f"/hand-overs/{id}/acknowledgement", json={}).status_code == 422
    read = clinician.post(f"/hand-overs/{id}/acknowledgement", json={"by": "Dr Cole"})
    assert read.json()["acknowledged_at"]
    assert clinician.post(f"/hand-overs/{id}/acknowledgement", json={"by": "Dr Cole"}).status_code == 409
    done = {"by": "Dr Cole", "outcome": "Spoke with her; a plan is agreed."}
    ended = clinician.post(f"/hand-overs/{id}/outcome", json=done).json()
    assert (ended["outcome"], bool(ended["ended_at"])) == (done["outcome"], True)
    assert clinician.post(f"/hand-overs/{id}/outcome", json=done).status_code == 409
    assert clinician.get("/hand-overs").json()["hand_overs"] == []
    said_so = session.exec(select(Event.actor_name).where(Event.action == "conclude")).one()
    assert said_so == "Dr Cole (north clinician)"


def test_unread_hand_overs_come_first(with_key, session, people):
    clinician = with_key(Role.CLINICIAN)
    for _ in range(2):
        make_ticket(session, text=RISK)
    first, second = clinician.get("/hand-overs").json()["hand_overs"]
    clinician.post(f"/hand-overs/{first['id']}/acknowledgement", json={"by": "Dr Cole"})
    assert [one["id"] for one in clinician.get("/hand-overs").json()["hand_overs"]] == [
        second["id"],
        first["id"],
    ]


def test_a_hand_over_of_another_service_is_not_there(with_key, session, people):
    make_ticket(session, text=RISK)
    (id,) = session.exec(select(ClinicalReview.id)).all()
    stranger = with_key(Role.CLINICIAN, "south")
    assert stranger.get("/hand-overs").json()["hand_overs"] == []
    for verb, body in (
        ("acknowledgement", {"by": "X"}),
        ("outcome", {"by": "X", "outcome": "Called her.", "done": "contacted"}),
    ):
        theirs, nobodys = (stranger.post(f"/hand-overs/{n}/{verb}", json=body) for n in (id, 999))
        assert (theirs.status_code, theirs.json()) == (404, nobodys.json())


def test_the_reporter_never_learns_of_a_hand_over(reporter, navigator, people, ticket):
    before = reporter.get(f"/tickets/{ticket.number}").json()
    navigator.post(f"/tickets/{ticket.number}/hand-over", json={"reason": "Please read."})
    after = reporter.get(f"/tickets/{ticket.number}").json()
    assert {name for name in after if before[name] != after[name]} <= {"version", "updated_at"}


@pytest.mark.parametrize("box", ["answers", "reopening"])
def test_every_inbound_box_of_a_reporter_answers_risk_with_help(
    with_key, navigator, reporter, session, people, ticket, box
):
    """11.A1: answer and reopen with words give the notice of a first report; so does the ticket."""
    path = f"/tickets/{ticket.number}"
    assert reporter.get(path).json()["safety_notice"] is None
    navigator.post(f"{path}/resolution", json={"resolution": "fixed", "body": "Try again."})
    notice = reporter.post(f"{path}/{box}", json={"body": RISK}).json()["safety_notice"]
    assert {"999", "111", "116 123"} <= {line["call"] for line in notice["lines"]}
    assert "will read what you wrote" in notice["who_reads"]
    assert reporter.get(path).json()["safety_notice"] == notice
    moved = reporter.post(f"{path}/session", json={"next_session": "2026-06-19"})
    assert moved.json()["safety_notice"] == notice
    review = session.exec(select(ClinicalReview)).one()
    clinician = with_key(Role.CLINICIAN)
    clinician.post(f"/hand-overs/{review.id}/acknowledgement", json={"by": "Dr Cole"})
    assert "has read what you wrote" in reporter.get(path).json()["safety_notice"]["who_reads"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"outcome": "ok"}, "outcome"),
        ({"outcome": "ok", "done": "contacted"}, "outcome"),
        ({"outcome": "They will call her.", "done": "passed_on"}, "passed_to"),
        ({"outcome": "Spoke with her; a plan is agreed.", "done": "asked"}, "done"),
        ({"outcome": "Spoke with her; a plan is agreed."}, None),
        ({"outcome": "They will call her.", "done": "passed_on", "passed_to": "the crisis team"}, None),
    ],
)
def test_the_outcome_of_a_review_says_what_was_done(with_key, session, people, said, field):
    """11.A12: `done` may be left out for one version more, if the words say what was done."""
    make_ticket(session, text=RISK)
    review = session.exec(select(ClinicalReview)).one()
    answer = with_key(Role.CLINICIAN).post(f"/hand-overs/{review.id}/outcome", json={"by": "Dr Cole"} | said)
    if field:
        assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    else:
        assert (answer.status_code, answer.json()["done"]) == (200, said.get("done"))


def test_what_a_clinician_did_is_for_clinicians_and_managers_and_a_line_for_navigators(
    with_key, navigator, reporter, session, people, ticket
):
    """11.A8: as on the pages, a navigator reads what is for them, and neither the outcome nor to whom."""
    id = navigator.post(f"/tickets/{ticket.number}/hand-over", json={"reason": "Please read."}).json()["id"]
    said = {
        "by": "Dr Cole",
        "outcome": "They will call her.",
        "done": "passed_on",
        "passed_to": "crisis team",
    }
    said |= {"for_navigators": "Please wait with calls."}
    with_key(Role.CLINICIAN).post(f"/hand-overs/{id}/outcome", json=said)
    for role, sees in ((Role.NAVIGATOR, False), (Role.MANAGER, True), (Role.CLINICIAN, True)):
        (review,) = with_key(role).get(f"/tickets/{ticket.number}").json()["hand_overs"]
        shown = (review["outcome"], review["done"], review["passed_to"])
        assert shown == (("They will call her.", "passed_on", "crisis team") if sees else ("", None, ""))
        assert review["for_navigators"] == "Please wait with calls."
    assert with_key(Role.PWP).get(f"/tickets/{ticket.number}").status_code == 403
    assert "Please wait" not in reporter.get(f"/tickets/{ticket.number}").text


def test_whom_it_was_passed_to_is_kept_only_where_it_was_passed(with_key, session, people):
    """11.A12: typed before another answer was chosen, it is no part of what was done."""
    make_ticket(session, text=RISK)
    review = session.exec(select(ClinicalReview)).one()
    said = {"by": "Dr Cole", "outcome": "Spoke with her.", "done": "contacted", "passed_to": "crisis team"}
    ended = with_key(Role.CLINICIAN).post(f"/hand-overs/{review.id}/outcome", json=said).json()
    assert (ended["done"], ended["passed_to"]) == ("contacted", "")


def test_what_staff_write_by_a_key_says_that_it_opened_a_hand_over(navigator, with_key, session, ticket):
    """11.A5: the answer said nothing; now it names the review, and its author may say why it is none."""
    path = f"/tickets/{ticket.number}"
    assert navigator.post(f"{path}/notes", json={"body": "Phoned her."}).json()["opened_hand_over"] is None
    for address, body in (
        ("notes", {"body": "He will do it tonight"}),
        ("calls", {"came": "spoke", "body": "He will do it tonight"}),
        ("snooze", {"until": "morning", "body": "He will do it tonight"}),
        ("split", {"body": "He will do it tonight"}),
        ("reopening", {"body": "He will do it tonight"}),
    ):
        if address == "reopening":
            navigator.post(f"{path}/resolution", json={"resolution": "fixed", "body": "It works."})
        written = navigator.post(f"{path}/{address}", json=body)
        assert written.status_code == 200, written.text
        id = written.json()["opened_hand_over"]
        said = {"by": "Amina Yusuf", "reason": "He resets his password tonight."}
        marked = navigator.post(f"/hand-overs/{id}/no-concern", json=said)
        assert marked.status_code == 200, (address, marked.text)
        assert marked.json()["ended_at"] is None
        assert marked.json()["no_concern"] == said["reason"]
        assert marked.json()["no_concern_by"].startswith("Amina Yusuf (")
        assert navigator.post(f"/hand-overs/{id}/no-concern", json=said).status_code == 409
        refused = navigator.post(f"/hand-overs/{id}/no-concern", json=said | {"reason": "ok"})
        assert refused.status_code == 422
