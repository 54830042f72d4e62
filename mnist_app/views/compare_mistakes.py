"""Two networks mistake by mistake: test images that one of them reads and the other does not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from mnist_app.data.mnist import Split
from mnist_app.numerics.metrics import mcnemar
from mnist_app.serving.evaluation import Evaluation
from mnist_app.serving.predictor import Predictor
from mnist_app.texts.user_error import UserError
from mnist_app.views.about import about
from mnist_app.views.answers_table import answer, answers_html
from mnist_app.views.compare_two import choose_two
from mnist_app.views.compare_verdict import GROUPS, groups, mistakes_csv, verdict_html
from mnist_app.views.digit_gallery import Specimen, digit_gallery, opened
from mnist_app.views.downloads import show_csv
from mnist_app.views.language import t
from mnist_app.views.networks import all_models
from mnist_app.views.open_image import ImageRef, show_open_buttons
from mnist_app.views.pictures import picture
from mnist_app.views.plain import markdown, sentence
from mnist_app.views.resources import predictor, test_examination
from mnist_app.views.results_figures import cautions
from mnist_app.views.results_images import DRAWER, SIDE, show_paged
from mnist_app.views.results_progress import evaluated
from mnist_app.views.sources import load_test_images
from mnist_app.views.trained_rows import Row

GALLERY = "compare-gallery"
OPENED = "compare-opened"  # in the session: the image that was clicked


def show_mistakes(rows: Sequence[Row]) -> None:
    """Show which test images one of two networks reads and the other does not."""
    pair = choose_two([row for row in rows if row.kind in ("ships", "trained")])
    loaded = load_test_images() if pair is not None else None
    if pair is None or loaded is None:
        return
    source, test = loaded
    found = []
    for row in pair:
        try:
            network = _predictor(row)
            evaluation = evaluated(network, test_examination(source))
        except UserError as error:  # a run that was deleted meanwhile
            st.error(sentence(error))
            return
        if evaluation is None:  # its progress is shown; the second one's comes after it
            return
        found.append((row.label, network, evaluation))
    (first, _, ours), (second, _, theirs) = found
    neither = int((~ours.hits & ~theirs.hits).sum())
    st.html(verdict_html(mcnemar(ours.hits, theirs.hits), neither, first, second))
    st.caption(t("compare.mcnemar"), help=about("mcnemar"))
    for label, network, evaluation in found:
        for caution in cautions(evaluation, network.card):
            st.caption(f"{markdown(label)}: {caution}")
    _show_images((first, second), (ours, theirs), test)
    show_csv(t("compare.csv_mistakes"), "mistakes", partial(mistakes_csv, ours, theirs))
    _show_opened(test, [(label, network) for label, network, _ in found])


def _predictor(row: Row) -> Predictor:
    model = all_models().get(row.name)
    if model is None:
        raise UserError("error.unknown_model", name=row.name, known="-")
    return predictor(model.folder, model.modified)


def _show_images(names: tuple[str, str], both: tuple[Evaluation, Evaluation], test: Split) -> None:
    found = groups(*both)
    titles = {
        "only_first": t("compare.only", name=markdown(names[0]), count=f"{len(found['only_first']):,}"),
        "only_second": t("compare.only", name=markdown(names[1]), count=f"{len(found['only_second']):,}"),
        "neither": t("compare.neither", count=f"{len(found['neither']):,}"),
    }
    group = st.segmented_control(
        t("compare.group"),
        GROUPS,
        format_func=titles.__getitem__,
        default=GROUPS[0],
        required=True,
        key="compare-group",
        persist_state="session",
    )
    images = found[str(group)]
    if not len(images):
        st.info(t("compare.no_images"))
        return
    st.caption(t("compare.caption", first=markdown(names[0]), second=markdown(names[1])))

    def show(part: np.ndarray) -> None:
        digit_gallery([_specimen(int(index), both, names, test) for index in part], GALLERY, _open)

    show_paged(images, f"compare-{group}", show)


def _specimen(
    index: int, both: tuple[Evaluation, Evaluation], names: tuple[str, str], test: Split
) -> Specimen:
    label = int(test.labels[index])
    first, second = (int(evaluation.digits[index]) for evaluation in both)
    words = {"index": index, "label": label, "first": names[0], "second": names[1]}
    alt = t("compare.image", one=first, two=second, **words)
    return Specimen(index, test.images[index], str(label), f"{first} · {second}", alt, first == label)


def _open() -> None:
    st.session_state[OPENED] = opened(GALLERY)


def _close() -> None:
    st.session_state[OPENED] = None


def _show_opened(test: Split, networks: Sequence[tuple[str, Predictor]]) -> None:
    index: int | None = st.session_state.get(OPENED)
    if index is None or index >= len(test):
        return
    title = t("results.opened", index=index, label=int(test.labels[index]))
    drawer = st.dialog(title, width=DRAWER, position="right", on_dismiss=_close)
    drawer(_show_image)(index, test, networks)


def _show_image(index: int, test: Split, networks: Sequence[tuple[str, Predictor]]) -> None:
    image = test.images[index] / np.float32(255)
    st.html(picture(image, SIDE, t("source.test_alt", index=index, label=int(test.labels[index]))))
    st.html(answers_html([answer(label, network, image) for label, network in networks]))
    show_open_buttons(ImageRef("test", index), "compare-open", on_leave=_close)
    st.caption(t("results.prepared"))
