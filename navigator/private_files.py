"""Private files: folders and files that their owner alone may open, whatever the mask of the process."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

FOLDER, FILE = 0o700, 0o600


def make_folder(folder: Path) -> Path:
    """Make a folder, and those above it, for its owner alone; one that is there stays as it is."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=FOLDER, exist_ok=True)
    return folder


def make_file(file: Path) -> Path:
    """Make an empty file for its owner alone, or close one that is there to others."""
    os.close(os.open(file, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, FILE))
    close_to_others(file)
    return file


def is_closed(folder: Path) -> bool:
    """Whether nobody but its owner gets into a folder: then they need not be kept from each file in it."""
    return not folder.stat().st_mode & 0o077


def close_to_others(path: Path) -> None:
    """Take from everybody but the owner what they may do with a file, or with a folder and all in it."""
    for each in (path, *_below(path)):
        try:
            found = each.lstat()
            is_ours = found.st_uid == os.geteuid() and not stat.S_ISLNK(found.st_mode)
            if is_ours and found.st_mode & 0o077:
                each.chmod(stat.S_IMODE(found.st_mode) & FOLDER)
        except FileNotFoundError:  # gone since: SQLite’s log, or mail that somebody deleted
            continue


def _below(folder: Path) -> Iterator[Path]:
    if folder.is_symlink() or not folder.is_dir():
        return
    for root, folders, files in os.walk(folder):  # it follows no link
        yield from (Path(root, name) for name in (*folders, *files))
