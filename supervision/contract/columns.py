"""The contract as columns: what a vectorised pass, a table or an array needs to know of a field."""

import types
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from supervision.contract.fields import Stored
from supervision.contract.messages import STREAMS, Message


@dataclass(frozen=True)
class Column:
    """One field of a stream, as a column.

    Attributes
    ----------
    name : str
    kind : {"integer", "enumerated", "name", "text"}
        How the record holds it; see :class:`supervision.contract.fields.Stored`.
    choices : tuple of str
        Of an enumerated column: a choice is stored as its place in this list.
    low, high : int or None
        Bounds of an integer column, both allowed.
    pattern : str or None
        Regular expression of a text or name column.
    check : str or None
        The check of its own check characters.
    """

    name: str
    kind: Literal["integer", "enumerated", "name", "text"]
    choices: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    pattern: str | None = None
    check: str | None = None

    def code(self, choice: str) -> int:
        """Number under which an enumerated choice is stored.

        Raises
        ------
        ValueError
            If the contract does not list the choice.
        """
        if choice not in self.choices:
            raise ValueError(
                f"{self.name}: expected one of {list(self.choices)}, found {choice!r:.60}"
            )
        return self.choices.index(choice)


@cache
def columns(stream: str) -> tuple[Column, ...]:
    """All columns of a stream, the envelope's first; ``stream`` itself is not among them."""
    model = STREAMS[stream]
    return tuple(
        _column(name, field) for name, field in model.model_fields.items() if name != "stream"
    )


@cache
def column(stream: str, name: str) -> Column:
    """One column of a stream.

    Raises
    ------
    KeyError
        If the stream has no such column.
    """
    for candidate in columns(stream):
        if candidate.name == name:
            return candidate
    raise KeyError(f"stream {stream!r} has no column {name!r}")


@cache
def required(stream: str, kind: str) -> frozenset[str]:
    """Names of the columns that a fact of this kind must state, besides the envelope's."""
    model: type[Message] = STREAMS[stream]
    return frozenset((*model.requires.get("*", ()), *model.requires.get(kind, ())))


def _column(name: str, field: FieldInfo) -> Column:
    inner, metadata = _unwrap(field)
    if get_origin(inner) is Literal:
        return Column(name, "enumerated", choices=get_args(inner))
    stored = next(m for m in metadata if isinstance(m, Stored))
    return Column(
        name,
        stored.as_,
        low=next((int(m.ge) for m in metadata if isinstance(m, Ge)), None),  # type: ignore[call-overload]
        high=next((int(m.le) for m in metadata if isinstance(m, Le)), None),  # type: ignore[call-overload]
        pattern=next((m.pattern for m in metadata if getattr(m, "pattern", None)), None),
        check=stored.check,
    )


def _unwrap(field: FieldInfo) -> tuple[Any, list[Any]]:
    """Take off ``| None`` and ``Annotated``: the bare type and all that was said about it."""
    inner: Any = field.annotation
    metadata = list(field.metadata)
    while True:
        if get_origin(inner) in (Union, types.UnionType):
            inner = next(a for a in get_args(inner) if a is not type(None))
        elif hasattr(inner, "__metadata__"):
            for mark in inner.__metadata__:
                metadata.extend(mark.metadata if isinstance(mark, FieldInfo) else [mark])
            inner = get_args(inner)[0]
        else:
            return inner, metadata
