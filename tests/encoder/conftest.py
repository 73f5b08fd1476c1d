"""These tests need PyTorch: where it is not installed they are no part of the suite."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("torch") else ["test_*.py"]
