"""A practitioner's own record of training, and the certificate of one session: from attendance alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.service import Service
from navigator.dates_in_words import day
from navigator.errors import NotFound
from navigator.people.actor import Actor
from navigator.people.user import User
from navigator.training.tables import Attendance, TrainingSession
from navigator.training.topics import BY_ID

WHAT_IT_IS = (
    "Nobody has accredited it. Whether it counts as continuing professional development is for you and your"
    " professional body to decide."
)
COLUMNS = ("Date", "Training", "Topic", "Length", "Held by")


@dataclass(frozen=True)
class Attended:
    """A session that somebody came to, the service that held it, and who led it."""

    training_session: TrainingSession
    service: str
    led_by: str

    @property
    def day(self) -> str:
        """The day on which it was, with its year."""
        local = clock.local(self.training_session.starts_at)
        return f"{local.day} {local:%B %Y}"

    @property
    def topic(self) -> str:
        """Its topic, in words."""
        return BY_ID[self.training_session.topic].label

    @property
    def length(self) -> str:
        """How long it was planned to take, in words."""
        return in_words(self.training_session.minutes)


def in_words(minutes: int) -> str:
    """Minutes as hours and minutes: "1 hour 30 minutes"."""
    hours, rest = divmod(minutes, 60)
    parts = ((hours, "hour"), (rest, "minute"))
    return " ".join(f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n) or "0 minutes"


def attended_by(session: Session, actor: Actor) -> Sequence[Attended]:
    """The sessions that the actor came to, in any service and at any time, newest first."""
    query = (
        select(TrainingSession, Service.name, User.name)
        .join(Attendance, col(Attendance.session_id) == col(TrainingSession.id))
        .join(Service, col(Service.id) == col(TrainingSession.service_id))
        .join(User, col(User.id) == col(TrainingSession.led_by))
        .where(Attendance.user_id == actor.user_id, col(Attendance.attended).is_(True))
        .order_by(col(TrainingSession.starts_at).desc(), col(TrainingSession.id).desc())
    )
    return [Attended(*row) for row in session.exec(query)]


def record_pdf(session: Session, actor: Actor) -> bytes:
    """The actor's record as a PDF, with room to write what they learned, which the desk does not keep."""
    from navigator.pdf import Pdf  # pages without a file do not wait for it

    attended = attended_by(session, actor)
    pdf = Pdf("Record of training", f"{actor.name}, made on {day(clock.today())}")
    pdf.paragraph(f"These are the training sessions that {actor.name} came to, as their trainers noted.")
    if attended:
        pdf.table(COLUMNS, [_row(one) for one in attended], widths=(16, 34, 34, 16, 24))
    total = sum(one.training_session.minutes for one in attended)
    pdf.paragraph(f"{len(attended)} in all, {in_words(total)}.", is_bold=True)
    pdf.paragraph(f"This is a list of attendance. {WHAT_IT_IS}")
    for one in attended:
        pdf.heading(f"What I learned: {one.training_session.title}, {one.day}", level=2)
        pdf.paragraph("\n\n".join(["." * 130] * 3))
    return pdf.to_bytes()


def _row(one: Attended) -> tuple[str, ...]:
    return one.day, one.training_session.title, one.topic, one.length, f"{one.led_by}, {one.service}"


def certificate_pdf(session: Session, actor: Actor, session_id: int) -> bytes:
    """The certificate of attendance of one session that the actor came to."""
    from navigator.pdf import Pdf

    one = next((one for one in attended_by(session, actor) if one.training_session.id == session_id), None)
    if one is None:
        raise NotFound("A certificate is for those who came to the session.")
    pdf = Pdf("Certificate of attendance", one.service)
    pdf.paragraph(actor.name, is_bold=True)
    pdf.paragraph(f"came to “{one.training_session.title}” on {one.day}.")
    pdf.table(("Topic", "Length", "Led by"), [(one.topic, one.length, one.led_by)])
    pdf.paragraph(f"This says that {actor.name} was there. {WHAT_IT_IS}")
    return pdf.to_bytes()
