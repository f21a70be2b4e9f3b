from pathlib import Path

import pytest

from training.promotion.errors import PeopleError
from training.promotion.keys import make_key
from training.promotion.people import listed_line, read_people

ROOT = Path(__file__).resolve().parents[3]
KEY = "A" * 43 + "="
OTHER = "B" + "A" * 42 + "="


def listed(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "people.yaml"
    path.write_text("\n".join(["people:", *lines]) + "\n")
    return path


def test_the_line_that_is_printed_can_be_listed(tmp_path: Path) -> None:
    public = make_key(tmp_path / "li.pem")
    line = listed_line('Li "Jie" Wei: 李', "# validator", public)
    (found,) = read_people(listed(tmp_path, line)).values()
    assert (found.name, found.role, found.public_key) == ('Li "Jie" Wei: 李', "# validator", public)


def test_the_list_of_the_project_can_be_read_and_holds_no_private_key() -> None:
    path = ROOT / "configs" / "people.yaml"
    read_people(path)
    assert "PRIVATE KEY" not in path.read_text()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ((listed_line("Li", "x", KEY), listed_line("Li", "y", OTHER)), "each name once"),
        ((listed_line("Li", "x", KEY), listed_line("Wei", "y", KEY)), "each public_key once"),
        (('  - {"name": "Li", "role": "x"}',), "people.0.public_key"),
        ((listed_line("Li", "x", "AAAA"),), "32 bytes in base64"),
        (("  - Li",), "people.0"),
        (("  - {",), "no YAML"),
    ],
)
def test_a_list_that_cannot_be_relied_on_is_refused(
    tmp_path: Path, lines: tuple[str, ...], message: str
) -> None:
    with pytest.raises(PeopleError, match=message):
        read_people(listed(tmp_path, *lines))


def test_a_missing_list_and_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(PeopleError, match="no list of people at"):
        read_people(tmp_path / "none.yaml")
    assert read_people(listed(tmp_path, "  []")) == {}


@pytest.mark.parametrize("name", ["", " Li", "x" * 65])
def test_a_name_that_cannot_be_listed_is_told(name: str) -> None:
    with pytest.raises(PeopleError, match="name: "):
        listed_line(name, "x", KEY)
