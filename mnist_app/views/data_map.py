"""Images as a map: alike ones lie together, by their pixels and by what a layer makes of them."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from mnist_app.numerics.neighbours import distances, nearest
from mnist_app.texts.user_error import UserError
from mnist_app.views.about import about
from mnist_app.views.charts import CONFIG
from mnist_app.views.data_charts import Mark, image_map
from mnist_app.views.data_set import CHOSEN, TEST, TRAIN, DataSet, chosen_image
from mnist_app.views.data_space import PIXELS, Sample, Space, choose_layer, sample_in
from mnist_app.views.data_tsne import show_tsne, tsne_map
from mnist_app.views.downloads import show_csv
from mnist_app.views.language import t
from mnist_app.views.numbers import percent
from mnist_app.views.open_image import ImageRef
from mnist_app.views.pictures import picture
from mnist_app.views.plain import sentence
from mnist_app.views.sidebar import ChosenModel
from mnist_app.views.tables import csv_table
from mnist_app.views.training_probe import MY_DIGIT

METHODS = {"pca": "PCA", "tsne": "t-SNE"}
SIZES = (500, 1000, 2000, 5000)
DEFAULT_SIZE = 2000
NEAREST = 5  # neighbours whose mean is where a drawing stands on a map by t-SNE
MAP_BUTTONS = [["pan2d", "zoom2d", "resetScale2d", "toImage"]]  # of Plotly
SIDE = 84  # pixels: 28 × 3


def show_map(data: DataSet, model: ChosenModel | None) -> None:
    """Show a map by pixels beside one by a layer's features; a click on a point shows its image."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        method, part, size = _choose_method(), _choose_part(), _choose_size()
        layer = choose_layer(model)
    st.caption(t(f"data.{method}_help"), help=about(method))
    spaces = [Space(PIXELS), *([layer] if layer else [])]
    try:
        with st.spinner(t("data.mapping")):
            samples = [sample_in(space, data.source, part, size) for space in spaces]
    except UserError as error:
        st.error(sentence(error))
        return
    if method == "tsne":
        points = [sample.points for sample in samples]
        show_tsne(dict(zip([space.name for space in spaces], points, strict=True)))
    _show_chosen(data)
    for place, space, sample in zip(st.columns(len(spaces)), spaces, samples, strict=True):
        with place:
            _show_one(method, part, space, sample, chosen_image(data))


def _choose_method() -> str:
    return str(
        st.segmented_control(
            t("data.method"),
            list(METHODS),
            format_func=METHODS.__getitem__,
            default=next(iter(METHODS)),
            required=True,
            key="data_method",
            persist_state="session",
        )
    )


def _choose_part() -> str:
    return str(
        st.segmented_control(
            t("data.set"),
            [TEST, TRAIN],
            format_func=lambda name: t(f"data.all_{name}"),
            default=TEST,
            required=True,
            key="data_map_part",
            persist_state="session",
        )
    )


def _choose_size() -> int:
    size: int = st.selectbox(
        t("data.size"),
        SIZES,
        SIZES.index(DEFAULT_SIZE),
        format_func="{:,}".format,
        key="data_size",
        persist_state="session",
        width=130,
    )
    return size


def _show_chosen(data: DataSet) -> None:
    """Show the image that was clicked on a map, beside the drawing that both maps have in them."""
    image = chosen_image(data)
    name = image.named(data.label(image))
    figures = [(picture(data.image(image) / np.float32(255), SIDE, name), name)]
    mine = st.session_state.get(MY_DIGIT)
    if mine is not None:
        figures.append((picture(mine, SIDE, t("data.query_drawing_alt")), t("data.query_drawing")))
    each = "display:flex;align-items:center;gap:10px;font-size:.9rem"
    shown = "".join(f'<div style="{each}">{html}<span>{words}</span></div>' for html, words in figures)
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:10px 24px">{shown}</div>')
    if mine is None:
        st.caption(t("data.draw_for_map"))


def _show_one(method: str, part: str, space: Space, sample: Sample, chosen: ImageRef) -> None:
    places = sample.points[:, :2] if method == "pca" else tsne_map(sample.points)
    if places is None:
        st.info(t("data.no_map_yet", space=space.name), icon=":material/scatter_plot:")
        return
    numbers = sample.numbers.tolist()
    marks = _marks(method, space, sample, places)
    if chosen.part == part and chosen.index in numbers:
        x, y = places[numbers.index(chosen.index)]
        marks.append(Mark(float(x), float(y), t("data.chosen")))
    shares = sample.axes.shares
    axes = [
        t(f"data.{method}_axis", number=n + 1, share=percent(float(shares[n])) if len(shares) > n else "")
        for n in range(2)
    ]
    figure = image_map(places, sample.labels, numbers, part, space.name, (axes[0], axes[1]), marks, t)
    key = f"data-map-{'pixels' if space.layer == PIXELS else 'layer'}"
    st.plotly_chart(
        figure,
        key=key,
        alt=t("data.map_alt", method=METHODS[method], count=f"{len(numbers):,}", space=space.name),
        config={**CONFIG, "scrollZoom": True, "modeBarButtons": MAP_BUTTONS},
        on_select=partial(_take_point, key, part),
        selection_mode="points",
    )
    st.caption(t("data.agreement", share=percent(sample.agreement)))
    show_csv(t("results.csv"), key, partial(_csv, part, sample, places))


def _marks(method: str, space: Space, sample: Sample, places: np.ndarray) -> list[Mark]:
    """Return where my drawing stands: projected by PCA, with t-SNE in the middle of its neighbours."""
    mine: np.ndarray | None = st.session_state.get(MY_DIGIT)
    if mine is None:
        return []
    point = sample.axes.project(space.points(mine[np.newaxis]))[0]
    if method == "pca":
        place = point[:2]
    else:
        place = places[nearest(distances(sample.points, point), NEAREST)].mean(0)
    return [Mark(float(place[0]), float(place[1]), t("data.query_drawing"))]


def _take_point(key: str, part: str) -> None:
    """Look at the image whose point was clicked."""
    points = st.session_state[key].selection.points
    numbers = [point["customdata"][0] for point in points if point.get("customdata")]
    if numbers:
        st.session_state[CHOSEN] = ImageRef(part, int(numbers[0]))


def _csv(part: str, sample: Sample, places: np.ndarray) -> str:
    rows = (
        [part, number, label, f"{x:.4f}", f"{y:.4f}"]
        for number, label, (x, y) in zip(sample.numbers, sample.labels, places.tolist(), strict=True)
    )
    return csv_table(["set", "number", "label", "x", "y"], rows)
