"""Wording: how a report speaks of its rows, for they need not be months of enterprises."""

from dataclasses import dataclass

from features.feature import Phrase


@dataclass(frozen=True)
class Wording:
    """Words for the rows of a report.

    Attributes
    ----------
    one : Phrase
        What counts as one piece of evidence: an enterprise, a group, or a row.
    many : str
        The same, several.
    counter : str
        Chinese measure word of it.
    single : bool
        Whether each row is one by itself.
    tested : Phrase
        How the judged rows were kept from the model, in a word or two.
    how : Phrase
        The same with its months or folds, to follow "was validated".
    basis : Phrase
        What else a reader has to know of rows and grades, in sentences.
    within : Phrase
        When a default counts; empty where a table does not say.
    whole : Phrase
        Of the table's rows, to follow their number; may be empty.
    shown : str
        Of which rows points are shown.
    """

    one: Phrase
    many: str
    counter: str
    single: bool
    tested: Phrase
    how: Phrase
    basis: Phrase
    within: Phrase
    whole: Phrase
    shown: str

    @property
    def each_once(self) -> str:
        """On which rows tests stand that take rows as independent."""
        return "each row by itself" if self.single else f"each {self.one.en} once"

    @property
    def rate(self) -> str:
        """The default rate, and when a default counts."""
        return f"default rate {self.within.en}".strip()

    def rows_of(self, rows: int, units: int) -> str:
        """Count rows and whom they are of."""
        return f"{rows:,} rows" if self.single else f"{rows:,} rows of {units:,} {self.many}"

    def rows_of_zh(self, rows: int, units: int) -> str:
        """Count the same in Chinese."""
        of = "" if self.single else f"、{units:,} {self.counter}{self.one.zh}"
        return f"{rows:,} 个样本{of}"
