"""The pages of the app, in the order of the navigation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Page:
    """A page: its script and title are named after ``name``."""

    name: str
    icon: str

    @property
    def script(self) -> Path:
        """Return the script that is the page."""
        return FOLDER / f"{self.name}.py"

    @property
    def title(self) -> str:
        """Return the catalog's key of the title."""
        return f"{self.name}.title"


PAGES = (
    Page("draw", ":material/draw:"),
    Page("explore", ":material/hub:"),
    Page("lab", ":material/science:"),
    Page("learn", ":material/school:"),
    Page("train", ":material/model_training:"),
    Page("data", ":material/database:"),
    Page("sweep", ":material/tune:"),
    Page("results", ":material/fact_check:"),
    Page("compare", ":material/compare:"),
)
PRESENTED = "explore"  # on a projector
