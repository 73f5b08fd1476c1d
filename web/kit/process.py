"""What this process is among those that serve the desk."""


class Process:
    """This process; one that is replaced in a moment begins no work, and no page listens to it for long."""

    serves_first_pages = False
