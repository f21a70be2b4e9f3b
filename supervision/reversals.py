"""Taking a message back: only its own provider, in its own stream, once, and only after it.

A reversal that comes before its message waits in quarantine; see
:mod:`supervision.waiting` for how it is tried again.
"""

from dataclasses import dataclass

from supervision.duplicates import Accepted
from supervision.reasons import Reason


@dataclass(frozen=True)
class Reversal:
    """A wish to take a message back."""

    stream: str
    provider: int
    message_id: str
    reverses: str


def target_of(wish: Reversal, key: int, known: Accepted) -> int | tuple[Reason, str]:
    """The position of the message that a reversal takes back, or why it may not.

    Parameters
    ----------
    wish : Reversal
    key : int
        Hash of its provider and the id that it reverses.
    known : Accepted
        All that was accepted before it under that hash.
    """
    if wish.reverses == wish.message_id:
        return Reason.REVERSAL_OF_REVERSAL, "reverses: expected another message, found itself"
    target = known.find(key, wish.provider, wish.reverses)
    if target is None:
        return (
            Reason.REVERSAL_WAITS,
            f"reverses: expected a message of this provider accepted before, "
            f"found none of id {wish.reverses!r}",
        )
    if target.is_reversal:
        return Reason.REVERSAL_OF_REVERSAL, f"reverses: {wish.reverses!r} is itself a reversal"
    if target.stream != wish.stream:
        return (
            Reason.REVERSAL_OF_OTHER_STREAM,
            f"reverses: expected a message of {wish.stream}, found one of {target.stream}",
        )
    if target.position in known.reversed:
        return Reason.REVERSAL_REPEATED, f"reverses: {wish.reverses!r} is already reversed"
    return target.position
