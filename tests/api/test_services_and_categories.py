"""What anybody may ask for."""

from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.contact import Contact
from navigator.catalogue.crisis_wording import CrisisWording
from navigator.catalogue.service import Service


def test_services_say_what_they_offer_and_when_somebody_is_there(anybody):
    north, south = anybody.get("/services").json()["services"]
    assert north == {
        "code": "north",
        "name": "North Talking Therapies",
        "programmes": [{"code": "fern", "name": "Fern"}],
        "takes_reports": True,
        "opening_hours": "Monday to Friday 9am to 5pm",
    }
    assert south["code"] == "south"


def test_a_service_that_could_not_answer_words_of_risk_takes_no_reports(anybody, session, people):
    session.delete(session.get_one(CrisisWording, people.south))
    session.flush()
    takes = {one["code"]: one["takes_reports"] for one in anybody.get("/services").json()["services"]}
    assert takes == {"north": True, "south": False}
    refused = anybody.post("/reports", json={"service": "south", "body": "It is broken"})
    assert refused.status_code == 503
    assert refused.headers["retry-after"]
    assert "phone" in refused.json()["detail"]


def test_opening_hours_leave_out_days_that_are_closed(anybody, session, people):
    service = session.get_one(Service, people.north)
    service.hours = {
        "mon": ["09:00", "12:00"],
        "tue": ["09:00", "12:00"],
        "fri": ["10:00", "16:30"],
        "sat": [],
    }
    session.flush()
    north, _ = anybody.get("/services").json()["services"]
    assert north["opening_hours"] == "Monday and Tuesday 9am to midday, Friday 10am to 4:30pm"


def test_categories_are_in_the_words_of_whoever_chooses(anybody):
    def offered(audience):
        groups = anybody.get("/categories", params={"audience": audience}).json()["groups"]
        return {leaf["id"]: leaf for group in groups for leaf in group["categories"]}

    patient, pwp = offered("patient"), offered("pwp")
    known = catalogue()
    assert patient.keys() == {leaf.id for leaf in known.for_audience("patient")}
    assert pwp.keys() == {leaf.id for leaf in known.leaves}
    assert all(patient[id]["label"] == known.category(id).patient_label for id in patient)
    assert all(len(leaf["questions"]) <= 3 for leaf in patient.values())
    assert max(len(leaf["questions"]) for leaf in pwp.values()) > 3


def test_categories_do_not_tell_patients_what_is_for_staff(anybody):
    said = anybody.get("/categories").text
    leaf = catalogue().category("access.forgotten_password")
    assert leaf.patient_label in said
    assert leaf.usual_fix not in said
    assert leaf.escalate_when not in said


def test_what_is_the_same_for_everybody_may_be_kept_by_caches(anybody):
    assert anybody.get("/services").headers["cache-control"] == "public, max-age=60"
    assert anybody.get("/categories").headers["cache-control"] == "public, max-age=3600"


def test_what_is_not_stays_out_of_them(navigator, anybody):
    assert navigator.get("/tickets").headers["cache-control"] == "no-store"
    assert (
        anybody.post("/reports", json={"service": "north", "body": "x"}).headers["cache-control"]
        == "no-store"
    )


def test_a_services_contacts_are_not_public(anybody, session, people):
    session.add(
        Contact(service_id=people.north, kind="booking", role_name="Bookings", email="desk@north.example")
    )
    session.flush()
    assert "@" not in anybody.get("/services").text
