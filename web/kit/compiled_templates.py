"""Compiled templates, kept beside their sources as Python keeps modules: a start compiles none anew."""

import re
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, FileSystemBytecodeCache
from jinja2.ext import Extension

_INDENT = re.compile(r"(<pre\b.*?</pre>)|(?<=\n)[ \t]+", re.DOTALL)


class NoIndent(Extension):
    """Takes the indentation out of templates when they are compiled: no page sends it. Lines stay."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        """The template without what stands before its lines, but for what is shown as it is typed."""
        return _INDENT.sub(lambda found: found[1] or "", source)


class CompiledTemplates(FileSystemBytecodeCache):
    """A file a template in `__pycache__`: whoever can write there can write the program itself.

    It holds for one source, one version of Jinja and of the kit, whose filters and options are compiled in.
    Where nothing can be written, or what is there cannot be read, templates are compiled at each start.
    """

    def __init__(self, templates: Path) -> None:
        folder = templates / "__pycache__"
        with suppress(OSError):
            folder.mkdir(exist_ok=True)
        super().__init__(str(folder), "%s.template")
        self._mode = templates.stat().st_mode & 0o444 | 0o600
        kit = b"".join(file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py")))
        self._made_by = jinja2.__version__ + sha256(kit).hexdigest()

    def get_source_checksum(self, source: str) -> str:
        """What a compiled template must have been made from, and by."""
        return super().get_source_checksum(self._made_by + source)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read a compiled template, if it is there and whole."""
        try:
            super().load_bytecode(bucket)
        except Exception:  # a torn pickle may raise anything
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template, where that is possible, for whoever may read its source."""
        with suppress(OSError):
            super().dump_bytecode(bucket)
            Path(self._get_cache_filename(bucket)).chmod(self._mode)
