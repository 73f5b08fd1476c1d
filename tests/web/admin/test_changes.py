"""The list of changes of settings: in the words of the forms in which they were made, and not in codes."""

from sqlmodel import Session, col, select

from navigator.people.audit_log import Act, AuditEntry
from tests.web.conftest import Enter

CHANGED = {
    "practice/north": {"draft_policy": "hand_over", "draft_policy_owner": "Ada"},
    "contact/north/deputy": {"role_name": "Second", "email": "second@north.example"},
    "reply/north/new": {
        "title": "Hello",
        "body": "Hello",
        "category": "notify.too_many",
        "programme": "fern",
    },
    "hours/north": {"division": "scotland"},
}


def test_changes_are_told_in_the_words_of_their_forms(enter: Enter, session: Session) -> None:
    """The list and the tables had codes: “contact: north/deputy”, “hand_over”, “notify.too_many”."""
    ada = enter("ada")
    for path, values in CHANGED.items():
        ada.get(f"/settings/{path}")
        ada.press("Look at the change", **values)
        assert not {*values.values()} & {"hand_over", "scotland"} & {*ada.text.split()}, ada.text
        ada.press("Save this change")
    ada.get("/settings/changes")
    for words in ("Contact: North Talking Therapies · Deputy", "North Talking Therapies · Hello"):
        assert words in ada.text
    assert "north/" not in ada.text
    told = dict[str, str]()
    for change in session.exec(select(AuditEntry).where(col(AuditEntry.act) == Act.CHANGED)).all():
        ada.get(f"/settings/changes/{change.id}")
        told[change.subject] = ada.text
    for subject, words, code in (
        ("practice", "Show help, and tell a clinician", "hand_over"),
        ("hours", "Scotland", "england-and-wales"),
        ("reply", "Fern", "notify.too_many"),
    ):
        assert words in told[subject]
        assert code not in told[subject]
