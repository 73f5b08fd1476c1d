"""One parser in a process of its own, whose packages are instrumented as they are imported."""

import sys

if __name__ == "__main__":
    import atheris  # type: ignore[import-untyped]

    guided_by = ["navigator", "api", "web", "email", "html", "yaml", "csv", "json", "PIL"]
    with atheris.instrument_imports(include=guided_by):
        from tests.fuzz.__main__ import feed
        from tests.fuzz.parsers import settle
    settle()
    feed(sys.argv[1], int(sys.argv[2]), sys.argv[3])
