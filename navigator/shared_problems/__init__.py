"""Known problems shared between desks: a signed feed of what was published here, and those of other desks."""
