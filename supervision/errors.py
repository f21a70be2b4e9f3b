"""The two ways in which a call can end badly and be told to a person in one line."""


class CargoworthyError(Exception):
    """The work failed for a reason that the message explains; the command line exits with 1."""


class UsageError(CargoworthyError):
    """The call itself was wrong; the command line exits with 2."""
