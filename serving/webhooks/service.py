"""The deliverer of a service, put together from what the service stands on."""

from collections.abc import Callable

from serving.access.consents import Matter
from serving.access.door import Door
from serving.access.principal import Principal
from serving.access.roles import Role
from serving.rooms import Rooms
from serving.webhooks.address import Reach
from serving.webhooks.courier import Courier
from serving.webhooks.deliverer import Deliverer, Post
from serving.webhooks.signature import Sealing


def deliverer(rooms: Rooms, door: Door, clock: Callable[[], int]) -> Deliverer:
    """Make the deliverer; it is started and stopped with the service."""
    settings = rooms.settings.webhooks

    def may(tenant: str, enterprise_id: str) -> bool:
        if door.is_open:
            return True
        bank = Principal("webhooks", Role.BANK, tenant, frozenset())
        consents = door.lock().consents
        return bool(consents.permitted(bank, [enterprise_id], Matter.SCORES, None, clock()))

    post = Post(
        engine=lambda: rooms.ledger().engine,
        courier=Courier(Reach(settings.networks, loopback=door.is_open), settings.patience_seconds),
        sealing=Sealing(settings.key),
        consents=may,
        clock=clock,
    )
    return Deliverer(post, settings)
