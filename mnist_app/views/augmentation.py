"""What augmentation makes of one image."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_app.numerics.augment import Augmentation, augment
from mnist_app.views.language import t
from mnist_app.views.pictures import picture

SIDE = 84  # pixels: 28 × 3
PREVIEWS = 9
_SEED = "preview"  # in the session: which nine are shown


def show_augmented(image: np.ndarray, augmentation: Augmentation) -> None:
    """Show one image augmented nine ways, as a training would.

    Args:
        image: float32 (28, 28), 0 to 1.
        augmentation: how far.
    """
    rng = np.random.default_rng(st.session_state.get(_SEED, 0))
    changed = augment(np.repeat(image[np.newaxis], PREVIEWS, 0), augmentation, rng)
    images = "".join(
        picture(np.clip(each, 0, 1), SIDE, t("train.preview_alt", number=n + 1))
        for n, each in enumerate(changed)
    )
    grid = "display:grid;grid-template-columns:repeat(3,max-content);gap:3px"
    st.html(
        f'<figure style="margin:0"><figcaption style="font-size:.85rem;opacity:.8">{t("train.preview")}'
        f'</figcaption><div style="{grid}">{images}</div></figure>'
    )
    st.button(t("train.preview_again"), icon=":material/casino:", on_click=_again)


def _again() -> None:
    st.session_state[_SEED] = st.session_state.get(_SEED, 0) + 1
