"""What a command says beside its output."""

from rich.console import Console
from rich.markup import escape


def say(text: str) -> None:
    """Say it on the standard error stream, to the letter."""
    Console(stderr=True).print(escape(text), highlight=False, soft_wrap=True)
