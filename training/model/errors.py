"""What can be wrong with a model that lies on disk or with the values given to it."""

from supervision.errors import CargoworthyError


class ModelError(CargoworthyError):
    """A model cannot be used as it is; the message says what was found and what to do."""


class DamagedModelError(ModelError):
    """A part of a model is missing, or is not the part that its manifest names."""


class ModelInputError(ModelError):
    """Values do not fit the model: their number, their order or an infinity."""


class OtherCatalogueError(ModelError):
    """A model rests on a feature catalogue that this version cannot reckon."""
