from pathlib import Path

from training.code_version import commit, source_hash


def checkout(folder: Path) -> Path:
    for room in ("supervision", "features", "training"):
        (folder / room).mkdir()
        (folder / room / "one.py").write_text("x = 1\n")
    return folder


def test_the_source_hash_changes_with_any_line_and_any_name(tmp_path: Path) -> None:
    root = checkout(tmp_path)
    first = source_hash(root)
    (root / "features" / "notes.txt").write_text("no code")
    assert source_hash(root) == first
    (root / "features" / "one.py").write_text("x = 2\n")
    second = source_hash(root)
    (root / "features" / "one.py").rename(root / "features" / "two.py")
    assert len({first, second, source_hash(root)}) == 3


def test_the_commit_is_read_from_the_checkout(tmp_path: Path) -> None:
    assert commit(tmp_path) == "unknown"
    git = tmp_path / ".git"
    (git / "refs" / "heads").mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    assert commit(tmp_path) == "unknown"
    (git / "packed-refs").write_text("# pack-refs\nabc123 refs/heads/main\n")
    assert commit(tmp_path) == "abc123"
    (git / "refs" / "heads" / "main").write_text("def456\n")
    assert commit(tmp_path) == "def456"
    (git / "HEAD").write_text("789fff\n")
    assert commit(tmp_path) == "789fff"
