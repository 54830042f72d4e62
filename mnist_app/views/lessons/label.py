"""What the learner meant to write: a drawing has no label of its own."""

from __future__ import annotations

import streamlit as st

from mnist_app.views.language import t
from mnist_app.views.lessons.lesson import Learner


def choose_label(learner: Learner) -> int:
    """Show the choice of the digit's label and return it; it begins with what the network reads."""
    st.pills(
        t("learn.label"),
        range(10),
        default=learner.read,
        required=True,
        wrap=True,
        key=_key(learner),
        persist_state="session",
    )
    return chosen_label(learner)


def chosen_label(learner: Learner) -> int:
    """Return the label that was chosen last for what the network reads like this."""
    label = st.session_state.get(_key(learner))
    return learner.read if label is None else int(label)


def _key(learner: Learner) -> str:
    return f"lesson-label-{learner.read}"
