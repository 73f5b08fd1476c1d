"""File backend: messages written to a folder instead of sent, to read while trying the desk out."""

import tempfile
from pathlib import Path

from navigator import private_files
from navigator.outbox.outbox_message import DeliveryChannel
from navigator.outbox.rendered_message import RenderedMessage, to_email
from navigator.settings import settings


def send(rendered: RenderedMessage) -> None:
    """Write a message to a file that only this user may read; sent again, it replaces the same file."""
    is_text = rendered.address.channel == DeliveryChannel.TEXT
    content = _as_text(rendered) if is_text else to_email(rendered).as_bytes()
    name = f"{rendered.queued_at:%Y-%m-%d-%H%M%S}-{rendered.message_id}-{rendered.template}"
    _write(settings().mail_dir / f"{name}.{'txt' if is_text else 'eml'}", content)


def _as_text(rendered: RenderedMessage) -> bytes:
    return f"To: {rendered.address.to}\n\n{rendered.content.text}\n".encode()


def _write(path: Path, content: bytes) -> None:
    private_files.make_folder(path.parent)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:  # made with mode 600
        part = Path(file.name)
        try:
            file.write(content)
            file.flush()
            part.replace(path)
        except OSError:  # a full disk
            part.unlink(missing_ok=True)
            raise
