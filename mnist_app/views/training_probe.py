"""A drawing as the probe of a training: what the network makes of it, from random weights to the end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st

from mnist_app.data.mnist import Split
from mnist_app.data.splits import first as first_of
from mnist_app.numerics.preprocess import PLAIN_RESIZE
from mnist_app.serving.network import Network
from mnist_app.serving.reading import DigitReading, Reading, read
from mnist_app.training.history import History
from mnist_app.training.run_directory import RunDirectory
from mnist_app.training.snapshots import Snapshot, snapshots
from mnist_app.views import colours
from mnist_app.views.about import about
from mnist_app.views.answer import QUIET, prediction_html, probabilities_html
from mnist_app.views.language import t
from mnist_app.views.layer_maps import Layer, layer_maps
from mnist_app.views.layers import layer_words, shown_layers, title
from mnist_app.views.numbers import probability, shape
from mnist_app.views.pictures import picture
from mnist_app.views.resources import layers_of, run_history, snapshot_network

MY_DIGIT = "my_digit"  # in the session: the last drawing as the network saw it
PLAYING = 0.5  # seconds a moment is shown while the scrubber plays
TWELVE = 12
FILTERS = 64  # of the first layer, at most
SIDE = 112  # pixels: 28 × 4
SMALL = 56


def probe_digit(test: Split | None) -> np.ndarray | None:
    """Show the choice of the probe and return it, float32 (28, 28): my last drawing, or a test image."""
    mine: np.ndarray | None = st.session_state.get(MY_DIGIT)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source = st.segmented_control(
            t("probe.source"),
            ["mine", "test"],
            format_func=lambda name: t(f"probe.{name}"),
            default="mine" if mine is not None else "test",
            required=True,
            key="probe_source",
            persist_state="session",
        )
        if source == "test" and test is not None:
            last = len(test) - 1
            index = st.number_input(
                t("source.index", last=last), 0, last, key="probe_index", width=150, persist_state="session"
            )
            image: np.ndarray = test.images[index] / np.float32(255)
            return image
    if source == "mine" and mine is None:
        st.caption(t("probe.draw_first"))
    return mine if source == "mine" else None


def show_probe(run: RunDirectory, probe: np.ndarray | None, test: Split | None) -> None:
    """Show the scrubber over a run's moments, and what the network was at each."""
    playing = bool(st.session_state.get("probe_playing"))
    st.fragment(_probe, run_every=PLAYING if playing else None)(run.path, probe, test, playing)


def _probe(path: Path, probe: np.ndarray | None, test: Split | None, playing: bool) -> None:
    if bool(st.session_state.get("probe_playing")) != playing:
        st.rerun()  # the fragment is to be renewed faster, or slower, from now on
    run = RunDirectory(path)
    history, moments = run_history(run), snapshots(run)
    layers = layers_of(history)
    if not moments or not layers:
        return
    with st.container(key="probe"):
        st.caption(t("probe.help"), help=about("probe", "scaling"))
        moment = _scrubber(history, moments, playing)
        try:
            network = snapshot_network(moment, layers)
        except OSError:  # thinned out between two looks; the next one sees it
            return
        reading = read(probe, network, single=True, steps=PLAIN_RESIZE) if probe is not None else None
        # One element: each costs the browser time that the training lacks.
        parts = [] if probe is None or reading is None else [_digit(probe, reading)]
        parts += [] if test is None else [_twelve(network, test)]
        if parts:
            st.html("".join(parts))
        _show_filters(network)
        if reading is not None:
            _show_maps(network, reading.digits[0])


def _scrubber(history: History, moments: list[Snapshot], playing: bool) -> Snapshot:
    """Show the scrubber and return the moment it stands at: the newest, unless it was moved."""
    batches = max(history.started["batches"], 1)
    steps = [moment.step for moment in moments]
    chosen: int | None = st.session_state.get("probe_step")
    if playing:
        later = [step for step in steps if step > (chosen if chosen is not None else -1)]
        chosen = later[0] if later else steps[-1]
        st.session_state["probe_step"] = chosen
        if not later or len(later) == 1:
            st.session_state["probe_playing"] = False
            st.rerun()
    following = chosen is None
    wanted = steps[-1] if chosen is None else int(chosen)
    chosen = min(steps, key=lambda step: abs(step - wanted))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        icon = ":material/stop:" if playing else ":material/play_arrow:"
        name = t("probe.stop") if playing else t("probe.play")
        st.button(name, icon=icon, key="probe-play", on_click=_play, args=(not playing,))
        if len(steps) > 1:
            # A new slider for every new moment: one that is told of more moments
            # than it knew sends its old place back.
            key = f"probe_slider_{steps[-1]}_{chosen if following or playing else ''}"
            st.select_slider(
                t("probe.moment"),
                steps,
                chosen,
                format_func=lambda step: t("probe.epoch", epoch=f"{step / batches:.2f}"),
                key=key,
                on_change=_move,
                args=(key,),
                width=360,
            )
        if not following and not playing:
            st.button(t("probe.newest"), icon=":material/last_page:", key="probe-newest", on_click=_follow)
    return moments[steps.index(chosen)]


def _play(start: bool) -> None:
    st.session_state["probe_playing"] = start
    if start:
        st.session_state["probe_step"] = -1


def _move(key: str) -> None:
    st.session_state["probe_step"] = st.session_state[key]
    st.session_state["probe_playing"] = False


def _follow() -> None:
    st.session_state["probe_step"] = None


def _digit(probe: np.ndarray, reading: Reading) -> str:
    return (
        '<div style="display:flex;flex-wrap:wrap;gap:1rem">'
        f"<div>{picture(probe, SIDE, t('prepare.centre_alt'))}</div>"
        f'<div style="width:170px">{prediction_html(reading, 0)}</div>'
        f'<div style="width:270px">{probabilities_html(reading.digits[0])}</div></div>'
    )


def _show_maps(network: Network, digit: DigitReading) -> None:
    layers = shown_layers(digit.preparation.digit, digit.activations, network.layers)
    maps = [layer for layer in layers[1:] if layer.values.ndim == 3]
    if maps:
        st.caption(t("probe.maps"))
        layer_maps(maps, "layer", layer_words(), None, "probe-maps")


def _show_filters(network: Network) -> None:
    """Show what the first layer with weights has learned, as pictures."""
    card = next(card for card in network.layers if card.parameters)
    kernel = network.weights(card.name)[0]
    # A dense layer's units look at all 28×28 pixels.
    filters = kernel[:, :, 0] if kernel.ndim == 4 else kernel.reshape(28, 28, -1)
    shown = filters[..., :FILTERS]
    st.caption(t("probe.filters", layer=card.name, count=shown.shape[-1], of=filters.shape[-1]))
    described = Layer(card.name, title(card), shape(kernel.shape), np.ascontiguousarray(shown), signed=True)
    layer_maps([described], "layer", layer_words(map_name="probe.filter"), None, "probe-filters")


def _twelve(network: Network, test: Split) -> str:
    inputs = first_of(test, TWELVE).inputs()
    answers = network.predict(inputs).probabilities
    right = int((answers.argmax(-1) == test.labels[:TWELVE]).sum())
    figures = "".join(
        _one_of_twelve(image[..., 0], int(label), answer)
        for image, label, answer in zip(inputs, test.labels, answers, strict=False)
    )
    caption = t("probe.twelve", right=right, count=TWELVE)
    row = f'<div style="display:flex;flex-wrap:wrap;gap:10px">{figures}</div>'
    return f'<div style="{QUIET};margin:1rem 0 .5rem">{caption}</div>{row}'


def _one_of_twelve(image: np.ndarray, label: int, answer: np.ndarray) -> str:
    best = answer.argsort()[::-1][:3]
    is_right = best[0] == label
    colour, mark = (colours.RIGHT, "✓") if is_right else (colours.WRONG, "✗")
    rows = "".join(
        f'<div style="{style}">{digit} · {probability(answer[digit])}</div>'
        for digit, style in zip(best, ("font-weight:650", "opacity:.75", "opacity:.75"), strict=True)
    )
    words = t("probe.one_of_twelve", label=label)
    return (
        f'<figure style="margin:0;width:84px;border-left:4px solid {colour};padding-left:6px">'
        f'{picture(image, SMALL, words)}<figcaption style="font-size:.8rem;line-height:1.3;'
        f'font-variant-numeric:tabular-nums"><span style="color:{colours.readable(colour)}">{mark}</span> '
        f"{words}{rows}</figcaption></figure>"
    )
