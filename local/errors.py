"""What goes wrong before the cloud stands, told in one line."""


class LocalError(Exception):
    """One line for people; the command ends with it."""
