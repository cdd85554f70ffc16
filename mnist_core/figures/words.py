"""The words that all charts of a training's curves have in common."""

from dataclasses import dataclass
from typing import Final, Literal

Metric = Literal["loss", "accuracy"]
METRICS: Final[tuple[Metric, ...]] = ("loss", "accuracy")


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveWords:
    """Words on a chart of loss or accuracy by epoch.

    Attributes:
        epoch: Title of the horizontal axis.
        loss: Title of the vertical axis where the loss is drawn.
        accuracy: The same where the accuracy is.
        training: What the curve of the images that it learns from is called.
        validation: What the curve of the images held back is called.
    """

    epoch: str
    loss: str
    accuracy: str
    training: str
    validation: str

    def title(self, metric: Metric) -> str:
        """Return the title of a metric's axis."""
        return {"loss": self.loss, "accuracy": self.accuracy}[metric]
