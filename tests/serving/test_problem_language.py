"""Problem documents in Chinese: those that a bank's user meets, and no half of one."""

import ast
import io
import re
from pathlib import Path

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from serving.errors import Conflict, Declined, NotFound, Refusal
from serving.jobs.errors import MalformedFile
from serving.jobs.portfolio_file import Form, rows_of
from serving.problem_phrases import FAULTS, PHRASES, TITLES, in_chinese
from serving.problems import declined, spoken
from tests.serving.conftest import WEAK, code

CHINESE = re.compile(r"[\u4e00-\u9fff]")
SERVING = Path(__file__).parents[2] / "serving"
RAISING = ("NotFound", "Conflict", "Gone", "MalformedCreditCode", "MalformedAsOf",
           "AsOfOutOfRange", "KeyReused", "InFlight", "ExpiryOutOfRange")  # fmt: skip
BANKS = ("scores", "instants.py", "keys.py", "profiles", "access/gate.py",
         "access/consent_routes.py", "access/consents.py",
         "jobs", "objections", "webhooks")  # fmt: skip
"""Where problems are raised that a bank's user meets."""


def _parquet(**columns: list[object]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def _ask(client: httpx.Client, method: str, path: str, language: str, **more: object) -> dict:  # type: ignore[type-arg]
    headers = {"Accept-Language": language, "Content-Type": "application/json"}
    answer = client.request(method, path, headers=headers, **more)  # type: ignore[arg-type]
    assert answer.headers["Vary"] == "Accept-Language"
    found: dict[str, object] = answer.json()
    assert answer.headers["Content-Language"] == (
        "zh" if CHINESE.search(str(found["title"])) else "en"
    )
    return found


ASKED = [
    ("POST", "/v1/scores", {"json": {"enterprise_id": "123"}}, "malformed-credit-code"),
    ("POST", "/v1/scores", {"json": {"enterprise_id": WEAK, "as_of": "2023"}}, "malformed-as-of"),
    ("POST", "/v1/scores", {"json": {"enterprise_id": WEAK, "as_of": "1999-01-01T00:00:00Z"}},
     "as-of-out-of-range"),
    ("POST", "/v1/scores", {"json": {"enterprise_id": WEAK, "as_of": "2999-01-01T00:00:00Z"}},
     "as-of-out-of-range"),
    ("POST", "/v1/scores", {"json": {"enterprise_id": WEAK, "as_of": "0001-01-01T00:00:00+08:00"}},
     "as-of-out-of-range"),
    ("POST", "/v1/scores", {"json": {}}, "invalid-request"),
    ("POST", "/v1/scores", {"json": {"enterprise_id": WEAK, "x": 1}}, "invalid-request"),
    ("POST", "/v1/scores", {"content": b"{"}, "unreadable-request"),
    ("GET", "/v1/scores/none", {}, "no-such-score"),
    ("POST", "/v1/replays/none", {}, "no-such-score"),
    ("GET", "/v1/scores/none/improvements", {}, "no-such-score"),
    ("GET", f"/v1/enterprises/{code(999)}/profile", {}, "no-such-enterprise"),
    ("GET", "/v1/nothing", {}, "no-such-path"),
    ("DELETE", "/v1/scores", {}, "method-not-allowed"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "more", "kind"), ASKED)
def test_a_problem_speaks_as_it_was_asked(
    client: httpx.Client, method: str, path: str, more: dict[str, object], kind: str
) -> None:
    english = _ask(client, method, path, "en", **more)
    chinese = _ask(client, method, path, "zh-CN", **more)
    assert english["type"] == chinese["type"] == f"urn:cargoworthy:problem:{kind}"
    assert english["status"] == chinese["status"]
    for part in ("title", "detail", "expected", "remedy"):
        assert not CHINESE.search(str(english[part]))
        assert CHINESE.search(str(chinese[part])), chinese[part]
    for part in (str(chinese["expected"]), str(chinese["found"]), str(chinese["remedy"])):
        assert part in str(chinese["detail"])


def test_what_was_found_is_taken_over(client: httpx.Client) -> None:
    found = _ask(client, "POST", "/v1/scores", "zh", json={"enterprise_id": "123"})
    assert found["found"] == "'123'"
    found = _ask(client, "GET", f"/v1/enterprises/{code(999)}/profile", "zh")
    assert found["found"] == f"无{code(999)}的任何消息"


def test_single_faults_speak_chinese_too(client: httpx.Client) -> None:
    found = _ask(client, "POST", "/v1/scores", "zh", json={})
    assert found["faults"] == [{"at": "body/enterprise_id", "message": "缺少必填项", "found": "{}"}]


def test_what_is_not_in_the_book_stays_english_as_a_whole() -> None:
    error = NotFound("no-such-score", "a unicorn", "none", "copy it from GET /v1/consents")
    problem = declined(error, "/")
    assert spoken(problem, "zh") is problem


def test_every_problem_that_a_banks_user_meets_is_in_the_book() -> None:
    lost = []
    for place in BANKS:
        path = SERVING / place
        for file in sorted(path.rglob("*.py") if path.is_dir() else [path]):
            for call in ast.walk(ast.parse(file.read_text())):
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") in RAISING:
                    said = [text for text in map(_text, call.args) if text is not None]
                    named = call.func.id in ("NotFound", "Conflict", "Gone", "InFlight")  # type: ignore[attr-defined]
                    expected, remedy = said[1 if named else 0], said[-1]
                    lost += [one for one in (expected, remedy) if in_chinese(one) is None]
    assert not lost


def _text(node: ast.expr) -> str | None:
    """A literal, with what is filled in as a word."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values
        )
    return None


def test_every_title_of_an_error_is_in_the_book() -> None:
    kinds: list[type[Refusal | Declined]] = [Refusal, Declined]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
    served = {kind.title for kind in kinds} - {"The lender's policy cannot be used"}
    assert served - {"The request cannot be met"} <= set(TITLES)


def test_the_book_is_chinese_and_takes_over_all_that_it_leaves_open() -> None:
    for english, chinese in [*PHRASES.items(), *FAULTS.items(), *TITLES.items()]:
        assert CHINESE.search(chinese)
        assert not CHINESE.search(english)
        assert set(re.findall(r"{(\w+)}", chinese)) <= set(re.findall(r"{(\w+)}", english))
    said = Conflict("x", "policy 12ab", "34cd, as this version reads it", "try again in 7 s")
    assert in_chinese(said.expected) == "授信政策12ab"
    assert in_chinese(said.found) == "34cd（按本版本解读）"


BROKEN: list[tuple[Form, bytes, str]] = [
    ("csv", b"enterprise_id,as_of\n91350200MA2XXXXX0M\n", "第0行与首行同为2列"),
    ("ndjson", b"{}\n" + b" " * 20_000, "第1行不超过16384字节"),
    ("ndjson", b"{\n", "第0行为一个UTF-8编码的JSON对象"),
    ("parquet", _parquet(enterprise_id=[1]), "enterprise_id列为文本"),
    ("parquet", _parquet(enterprise_id=["x"], as_of=[1]), "as_of列为文本或带时区的时间戳"),
    ("parquet", _parquet(enterprise_id=["x"], own_funds_fen=["y"]), "own_funds_fen列为整数"),
    ("parquet", _parquet(enterprise_id=["x" * 20_000]), "不超过16384字节的文本"),
]


@pytest.mark.parametrize(("form", "content", "expected"), BROKEN)
def test_what_is_wrong_with_a_file_is_said_in_chinese_alone(
    tmp_path: Path, form: Form, content: bytes, expected: str
) -> None:
    (tmp_path / "rows").write_bytes(content)
    with pytest.raises(MalformedFile) as caught:
        list(rows_of(tmp_path / "rows", form))
    said = spoken(declined(caught.value, "/v1/jobs"), "zh")
    assert said.expected == expected
    assert CHINESE.search(said.title)
