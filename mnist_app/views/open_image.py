"""An image of MNIST, and the way to the pages that read one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from mnist_app.views.language import t
from mnist_app.views.sources import SOURCE, choose_image

FOLDER = Path(__file__).parents[1] / "pages"
# The pages that read an image: each one's icon, and where the session has its choice of what it reads.
PAGES = {
    "draw": (":material/draw:", SOURCE),
    "explore": (":material/hub:", SOURCE),
    "lab": (":material/science:", "lab_source"),
}


@dataclass(frozen=True)
class ImageRef:
    """One image of MNIST: ``part`` is "train" or "test", ``index`` counts from 0."""

    part: str
    index: int

    def named(self, label: int) -> str:
        """Return the image's name with its label in the language of the page."""
        return t(f"source.{self.part}_alt", index=self.index, label=label)


def show_open_buttons(image: ImageRef, key: str, on_leave: Callable[[], None] | None = None) -> None:
    """Show the buttons that open an image on the pages Draw, Explore and Lab.

    Args:
        image: which one.
        key: tells these buttons from others on the page.
        on_leave: called before another page is shown.
    """
    with st.container(horizontal=True, gap="small", key=key, width="content"):
        for page, (icon, source) in PAGES.items():
            if st.button(t(f"open.{page}"), icon=icon, key=f"{key}-{page}"):
                if on_leave is not None:
                    on_leave()
                choose_image(image.part, image.index, source)
                st.switch_page(FOLDER / f"{page}.py")
