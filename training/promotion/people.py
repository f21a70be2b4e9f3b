"""People whose signature counts: their names, roles and public keys, read from YAML."""

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from training.promotion.errors import PeopleError
from training.promotion.keys import public_key

Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^\S(.*\S)?$")]


class Person(BaseModel):
    """One person.

    Attributes
    ----------
    name, role : str
    public_key : str
        Ed25519, 32 bytes in base64.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    role: Name
    public_key: str


class _List(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    people: list[Person] = []


def read_people(path: Path) -> dict[str, Person]:
    """Read the list of people, by name.

    Raises
    ------
    PeopleError
        If the file is missing or no list of people, or a name or a key stands in it twice: one
        person must not be able to sign as two.
    """
    try:
        stated = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as fault:
        raise PeopleError(
            f"no list of people at {path}; name one with --people, with the lines that "
            "`cargoworthy people keygen` prints"
        ) from fault
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise PeopleError(f"{path} is no YAML: {str(fault)!s:.200}") from fault
    try:
        listed = _List.model_validate({} if stated is None else stated).people
    except ValidationError as fault:
        wrong = fault.errors()[0]
        place = ".".join(str(part) for part in wrong["loc"])
        raise PeopleError(
            f"{path}: {place or 'the file'}: {wrong['msg']}, found {wrong['input']!r:.60}; "
            "expected `people:` with the lines that `cargoworthy people keygen` prints"
        ) from fault
    for person in listed:
        public_key(person.public_key)
    for what in ("name", "public_key"):
        values = [str(getattr(person, what)) for person in listed]
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice is not None:
            raise PeopleError(
                f"{path}: expected each {what} once, found {twice!r:.60} more than once; one "
                "person must not sign as two"
            )
    return {person.name: person for person in listed}


def listed_line(name: str, role: str, public: str) -> str:
    """A person as a line for the list.

    Raises
    ------
    PeopleError
        If the name or the role cannot stand there.
    """
    try:
        return f"  - {Person(name=name, role=role, public_key=public).model_dump_json()}"
    except ValidationError as fault:
        wrong = fault.errors()[0]
        raise PeopleError(
            f"{wrong['loc'][0]}: {wrong['msg']}, found {wrong['input']!r:.60}; give 1 to 64 "
            "characters without blanks at the ends"
        ) from fault
