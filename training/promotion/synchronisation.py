"""One look at the registry: what is champion there is laid on a shelf, if a promotion sealed it."""

from pathlib import Path

from supervision.errors import CargoworthyError
from training.model.errors import ModelError
from training.model.seal import read_public_key, require_seal
from training.model.shelf import Champion
from training.registry import CHAMPION, lay, version
from training.tracking import Store


def look(store: Store, name: str, models: Path, key: Path) -> str:
    """Lay the registry's champion on a shelf, unless it stands there.

    Parameters
    ----------
    store : Store
        MLflow's.
    name : str
        Of the model.
    models : Path
        The shelf.
    key : Path
        Public key of promotions.

    Returns
    -------
    str
        What was done, or why not; empty where nothing was to do.
    """

    def require(champion: Champion) -> None:
        public = read_public_key(key)
        if public is None:
            raise ModelError(
                f"expected the public key of promotions in {key}, found nothing; take it from "
                "where `cargoworthy promote` runs, and name it with --promotion-key"
            )
        require_seal(champion, public)

    try:
        laid = lay(version(store.client(), name, CHAMPION), models, require)
    except CargoworthyError as fault:
        return f"the shelf stays as it is: {fault}"
    if laid is None:
        return ""
    return f"{laid.name} version {laid.version} is champion on {models}, model {laid.hash[:12]}"
