"""The image that is looked at on the page "Data": its picture, its numbers, its label."""

from __future__ import annotations

import streamlit as st

from mnist_app.views.about import about
from mnist_app.views.data_set import CHOSEN, DataSet, chosen_image
from mnist_app.views.digit_gallery import Specimen, opened
from mnist_app.views.image_sheet import image_sheet
from mnist_app.views.language import t
from mnist_app.views.open_image import ImageRef, show_open_buttons

IMAGE = "data-image"  # the container's key


def show_image(data: DataSet) -> None:
    """Show the image that is looked at beside its numbers, and the way to the pages that read it."""
    image = chosen_image(data)
    label = data.label(image)
    with st.container(key=IMAGE):
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"
        ):
            st.subheader(
                t(f"data.{data.set_of(image)}_image", index=f"{image.index:,}"),
                width="content",
                help=about("image_sheet"),
            )
            show_open_buttons(image, "data-open")
        image_sheet(data.image(image), label, image.named(label), "image-sheet")


def specimen(data: DataSet, image: ImageRef, detail: str = "") -> Specimen:
    """Return an image for a gallery, with its label below."""
    label = data.label(image)
    return Specimen(image.index, data.image(image), str(label), detail, image.named(label))


def take_opened(key: str, part: str) -> None:
    """Look at the image that was clicked in a gallery of "train" or "test" images."""
    index = opened(key)
    if index is not None:
        st.session_state[CHOSEN] = ImageRef(part, index)
