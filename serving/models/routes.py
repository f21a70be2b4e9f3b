"""``GET /v1/models/champion``."""

from typing import Any

import orjson
from fastapi import APIRouter, Response

from serving.description import answers, problems
from serving.instants import text_of
from serving.models.document import ChampionAnswer
from serving.models.examples import CHAMPION
from serving.scores.document import ModelName
from serving.state import RoomsHere
from training.model.bundle import Bundle
from training.model.dossier import Dossier, read_dossier

router = APIRouter(prefix="/v1/models", tags=["models"])


@router.get(
    "/champion",
    summary="The model in force",
    responses={
        **answers("ChampionAnswer", examples={"A champion": CHAMPION}),
        **problems(500, 503),
    },
)
def get_champion(rooms: RoomsHere) -> Response:
    """Tell the model in force: its card, the summary of its validation, and who promoted it."""
    champion = rooms.throne.champion()
    told = champion_answer(champion, read_dossier(rooms.settings.models, champion.hash))
    content = orjson.dumps(told.model_dump(), option=orjson.OPT_SORT_KEYS)
    return Response(content, media_type="application/json")


def champion_answer(champion: Bundle, dossier: Dossier | None) -> ChampionAnswer:
    """Tell a model, with what promotion laid beside it."""
    return ChampionAnswer(
        model=ModelName(name=champion.name, version=champion.version, hash=champion.hash),
        catalogue_hash=champion.catalogue_hash,
        features=champion.features,
        card=dossier and dossier.card,
        validation=dossier and _validation(dossier.validation),
        promotion=None if dossier is None else _promotion(dossier.promotion),
    )


def _validation(kept: dict[str, Any]) -> dict[str, Any]:
    test = kept["test"]
    months = {"first_month": test.get("from"), "last_month": test.get("to")}
    return {**kept, "test": {**test, **months}}


def _promotion(kept: dict[str, Any] | None) -> dict[str, Any] | None:
    return kept and {**kept, "promoted_at": text_of(kept["promoted_at"])}
