"""How events are delivered."""

from collections.abc import Iterable
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from supervision.errors import UsageError

KEY = Path("var/access/webhooks.json")


def _network(text: str) -> str:
    return str(ip_network(text))


class WebhookSettings(BaseModel):
    """What holds for the delivery of events.

    Attributes
    ----------
    key : Path
        By which endpoints' secrets are sealed in the ledger; made where there is none.
    networks : tuple of str
        Networks, as ``10.20.0.0/16``, that are delivered to though they are not public.
    patience_seconds : float
        How long an endpoint may take to answer.
    first_delay_seconds, longest_delay_seconds : float
        Of the second attempt, and the most between two; each delay is four times the one before.
    give_up_seconds : float
        After which a delivery is not tried again.
    endpoints : int
        That one tenant may have.
    deliver : bool
        Whether this service delivers, or leaves it to another one on the same ledger.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Path = KEY
    networks: tuple[Annotated[str, AfterValidator(_network)], ...] = ()
    patience_seconds: float = Field(10.0, gt=0)
    first_delay_seconds: float = Field(5.0, gt=0)
    longest_delay_seconds: float = Field(6 * 3_600.0, gt=0)
    give_up_seconds: float = Field(3 * 86_400.0, gt=0)
    endpoints: int = Field(10, ge=1)
    deliver: bool = True


def webhook_settings(key: Path, networks: Iterable[str]) -> WebhookSettings:
    """Settings as the command line states them.

    Raises
    ------
    UsageError
        If something else stands where a network should.
    """
    try:
        return WebhookSettings(key=key, networks=tuple(networks))
    except ValidationError as error:
        raise UsageError(
            f"--webhook-network takes a network as 10.20.0.0/16: {error.errors()[0]['msg']}"
        ) from error
