"""Mail that is not sent: written to a folder, where whoever tries the desk out can read it."""

import tempfile
from pathlib import Path

from navigator.outbox.outbox_message import DeliveryChannel
from navigator.outbox.rendered_message import RenderedMessage, to_email
from navigator.settings import settings


def send(parcel: RenderedMessage) -> None:
    """Write a parcel to a file that only this user may read; once, however often it is carried."""
    is_text = parcel.address.channel == DeliveryChannel.TEXT
    content = _as_text(parcel) if is_text else to_email(parcel).as_bytes()
    name = f"{parcel.queued_at:%Y-%m-%d-%H%M%S}-{parcel.letter_id}-{parcel.name}"
    _put(settings().mail_dir / f"{name}.{'txt' if is_text else 'eml'}", content)


def _as_text(parcel: RenderedMessage) -> bytes:
    return f"To: {parcel.address.to}\n\n{parcel.words.text}\n".encode()


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:  # made with mode 600
        file.write(content)
    Path(file.name).replace(path)
