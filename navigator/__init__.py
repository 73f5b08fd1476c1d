"""The domain of the digital navigators' desk: it knows no HTTP and no HTML."""

import os
import sys

# Who finds these loads them to colour help and tracebacks: 9 MB in every process, for nothing that is used.
os.environ.setdefault("TYPER_USE_RICH", "0")
for name in ("rich", "pygments"):
    sys.modules.setdefault(name, None)  # type: ignore[arg-type]
