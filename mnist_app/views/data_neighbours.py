"""The training images that are nearest to a drawing, by pixels or by what a layer makes of them."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from mnist_app.data.mnist import Source
from mnist_app.data.splits import sample
from mnist_app.numerics.neighbours import distances, nearest
from mnist_app.texts.user_error import UserError
from mnist_app.views.about import about
from mnist_app.views.data_image import IMAGE, specimen, take_opened
from mnist_app.views.data_set import TRAIN, DataSet, chosen_image
from mnist_app.views.data_space import PIXELS, Space, choose_layer
from mnist_app.views.digit_gallery import digit_gallery
from mnist_app.views.language import t
from mnist_app.views.numbers import three_digits
from mnist_app.views.open_image import ImageRef
from mnist_app.views.pictures import picture
from mnist_app.views.plain import sentence
from mnist_app.views.resources import images_of
from mnist_app.views.sidebar import ChosenModel
from mnist_app.views.training_probe import MY_DIGIT

SHOWN = 20  # neighbours: two rows on a page of 1280 pixels
SEARCHED = 5000  # training images that a layer is asked about: about a second
SIDE = 112  # pixels: 28 × 4
GALLERY = "data-neighbours"  # the component's key


def show_neighbours(data: DataSet, model: ChosenModel | None) -> None:
    """Show the nearest training images with their distances; a click makes one the image looked at."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        query = _choose_query()
        space = _choose_space(model)
    digit = _digit(data, query)
    if digit is None:
        st.info(t("data.draw_first"), icon=":material/draw:")
        return
    try:
        with st.spinner(t("data.comparing")):
            numbers, apart = _distances(space, space.key, data.source, digit)
    except UserError as error:
        st.error(sentence(error))
        return
    image = chosen_image(data)
    is_own = (numbers == image.index) & (query == "image" and image.part == TRAIN)
    places = nearest(np.where(is_own, np.inf, apart), SHOWN)  # an image is no neighbour of its own
    found = [ImageRef(TRAIN, int(numbers[place])) for place in places]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(picture(digit, SIDE, t(f"data.query_{query}_alt")), width="content")
        st.markdown(_verdict([data.label(each) for each in found], len(numbers)))
    specimens = [
        specimen(data, each, three_digits(float(apart[place])))
        for each, place in zip(found, places, strict=True)
    ]
    chosen = image.index if image.part == TRAIN else None
    digit_gallery(specimens, GALLERY, partial(take_opened, GALLERY, TRAIN), chosen, reveal=IMAGE)
    st.caption(t("data.distance_help", space=space.name), help=about("data-neighbours"))


def _choose_query() -> str:
    return str(
        st.segmented_control(
            t("data.query"),
            ["drawing", "image"],
            format_func=lambda name: t(f"data.query_{name}"),
            default="drawing" if MY_DIGIT in st.session_state else "image",
            required=True,
            key="data_query",
            persist_state="session",
        )
    )


def _choose_space(model: ChosenModel | None) -> Space:
    chosen = st.segmented_control(
        t("data.compare_by"),
        [PIXELS, "layer"],
        format_func=lambda name: t(f"data.compare_{name}"),
        default=PIXELS,
        required=True,
        key="data_compare",
        persist_state="session",
    )
    layer = choose_layer(model) if chosen == "layer" else None
    return layer or Space(PIXELS)


def _digit(data: DataSet, query: str) -> np.ndarray | None:
    """Return what neighbours are looked for, float32 (28, 28), 0 to 1; None before anything is drawn."""
    if query == "image":
        image: np.ndarray = data.image(chosen_image(data)) / np.float32(255)
        return image
    mine: np.ndarray | None = st.session_state.get(MY_DIGIT)
    return mine


@st.cache_data(max_entries=20, show_spinner=False)
def _distances(
    _space: Space, key: tuple[object, ...], source: Source, digit: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of the training images that were asked, and how far each is from a digit."""
    del key
    images = images_of(source, TRAIN).images
    if _space.layer == PIXELS:
        return np.arange(len(images)), distances(images, digit * 255) / 255
    numbers = sample(len(images), SEARCHED)
    points = _space.points(images[numbers] / np.float32(255))
    return numbers, distances(points, _space.points(digit[np.newaxis])[0])


def _verdict(labels: list[int], searched: int) -> str:
    counts = np.bincount(labels, minlength=10)
    most = int(counts.argmax())
    return t(
        "data.neighbours_say",
        count=int(counts[most]),
        shown=len(labels),
        label=most,
        searched=f"{searched:,}",
    )
