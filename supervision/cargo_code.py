"""The cargo code: one printable name for a lot, checkable by hand and provable by the port.

``91350200MA2XXXXX0M-0306170000-7KQ2M4-ECGYE-CNXMN-3F9K2M7Q-41``: the first declarant's credit
code, the commodity (HS, ten digits), the batch, where it came from and through which port
(UN/LOCODE), eight characters (40 bits) of an HMAC-SHA-256 under the port's key over all that,
and two check digits over everything before them: ISO 7064 MOD 97-10 of the characters written as
two digits each (0 is 00, A is 10, Z is 35). At this fixed width, unlike with an IBAN's letters,
the check finds every single wrong character and every exchange of two neighbours. Typing errors
are caught by anyone; forgeries by whoever holds the key. The code never changes: splits, merges
and sales keep it.
"""

import base64
import hmac
import re
from dataclasses import dataclass
from typing import Self

from supervision.credit_code import is_credit_code

_FORM = re.compile(
    r"([0-9A-Z]{18})-([0-9]{10})-([0-9A-Z]{6})-([A-Z]{2}[A-Z2-9]{3})-([A-Z]{2}[A-Z2-9]{3})"
    r"-([2-7A-Z]{8})-([0-9]{2})"
)


_PAIRS = {ord(c): f"{n:02d}" for n, c in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_PAIRS[ord("-")] = ""


class CargoCodeError(ValueError):
    """A text is not a cargo code; ``reason`` is a stable word for the kind of fault."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class CargoCode:
    """A cargo code, taken apart.

    Attributes
    ----------
    owner : str
        Credit code of the first declarant.
    commodity : str
        HS code, ten digits.
    batch : str
        Six characters that tell apart the owner's lots of one commodity.
    origin, transit : str
        UN/LOCODE of where it came from and of the port that issued the code.
    security : str
        Eight characters of base 32: 40 bits of the HMAC.
    """

    owner: str
    commodity: str
    batch: str
    origin: str
    transit: str
    security: str

    @classmethod
    def issue(
        cls, owner: str, commodity: str, batch: str, origin: str, transit: str, key: bytes
    ) -> Self:
        """Form a new code under the port's key.

        Raises
        ------
        CargoCodeError
            If a part is malformed.
        """
        stem = "-".join((owner, commodity, batch, origin, transit))
        code = cls(owner, commodity, batch, origin, transit, _security(stem, key))
        return cls.parse(str(code))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Take a code apart and check form, check digits and the owner's code.

        Raises
        ------
        CargoCodeError
            With the reason ``form``, ``check_digits`` or ``owner``.
        """
        found = _FORM.fullmatch(text)
        if not found:
            raise CargoCodeError(
                "form",
                "expected OWNER-COMMODITY-BATCH-ORIGIN-TRANSIT-SECURITY-CHECK "
                f"(18-10-6-5-5-8-2 characters), found {text!r:.80}",
            )
        if check_digits(text[:-3]) != found[7]:
            raise CargoCodeError(
                "check_digits", f"the check digits of {text!r:.80} do not fit: mistyped?"
            )
        if not is_credit_code(found[1]):
            raise CargoCodeError("owner", f"{found[1]!r} is no unified social credit code")
        return cls(*found.groups()[:6])

    def is_issued_under(self, key: bytes) -> bool:
        """Whether the security segment was made with this key."""
        return hmac.compare_digest(self.security, _security(self._stem(), key))

    def _stem(self) -> str:
        return "-".join((self.owner, self.commodity, self.batch, self.origin, self.transit))

    def __str__(self) -> str:
        body = f"{self._stem()}-{self.security}"
        return f"{body}-{check_digits(body)}"


def check_digits(body: str) -> str:
    """Two digits that make the whole number one modulo 97."""
    return f"{98 - int(body.translate(_PAIRS) + '00') % 97:02d}"


def _security(stem: str, key: bytes) -> str:
    return base64.b32encode(hmac.digest(key, stem.encode(), "sha256")[:5]).decode()
