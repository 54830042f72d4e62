"""A run as it goes: state, controls, progress and curves."""

from __future__ import annotations

from functools import partial
from typing import Literal

import streamlit as st

from mnist_app.data.files import write_whole
from mnist_app.texts.catalog import text
from mnist_app.texts.duration import duration
from mnist_app.texts.user_error import UserError
from mnist_app.training.estimate import EVALUATION_SECONDS, VALIDATION_SHARE
from mnist_app.training.history import EXPORTING, FETCHING, METRICS, History
from mnist_app.training.queue import ALIVE, INTERRUPTED, PAUSED, QUEUED, RUNNING, RunState
from mnist_app.training.run_directory import RunDirectory
from mnist_app.training.settings import LIMITS
from mnist_app.training.settings import read as read_settings
from mnist_app.training.snapshots import snapshots
from mnist_app.views.about import about, explained, show_about
from mnist_app.views.access import allow
from mnist_app.views.charts import CONFIG
from mnist_app.views.curves import Figure, Texts, as_csv, curves, twin_axes
from mnist_app.views.language import language, t
from mnist_app.views.live_run import State, live_run
from mnist_app.views.numbers import percent, three_digits
from mnist_app.views.plain import sentence
from mnist_app.views.resources import executor, run_history
from mnist_app.views.tables import html_table
from mnist_app.views.training_result import act_on

Kind = Literal["primary", "secondary"]
IMPROVEMENTS = 3  # of which the page tells


def show_why_waiting() -> None:
    """Show why trainings that wait do not begin, if it is not for want of a free place."""
    problem = executor().problem()
    if problem is not None:
        st.warning(sentence(problem), icon=":material/cloud_off:")


def show_controls(run: RunDirectory, state: RunState, is_mine: bool) -> None:
    """Show what can be done with a run in its state."""
    if not is_mine:
        st.caption(t("run.not_yours"))
        return

    def button(name: str, icon: str, action: str, kind: Kind = "secondary") -> None:
        label = t(f"run.{name}")
        st.button(label, icon=icon, key=f"run-{name}", on_click=_act, args=(action, run), type=kind)

    with st.container(horizontal=True, key="controls"):
        if state.kind == QUEUED:
            button("leave", ":material/logout:", "cancel")
        elif state.kind == RUNNING:
            button("pause", ":material/pause:", "pause")
            button("stop", ":material/stop:", "cancel")
        elif state.kind == PAUSED:
            button("resume", ":material/play_arrow:", "submit", "primary")
            alive = run.is_locked()
            if alive:
                button("step", ":material/skip_next:", "step")
                button("epoch", ":material/fast_forward:", "epoch")
            button("stop", ":material/stop:", "cancel")
        elif state.kind != "finished":
            name = "resume" if run.checkpoint.exists() else "again"
            button(name, ":material/play_arrow:", "submit", "primary")
        if state.kind in (RUNNING, PAUSED):
            _rate_control(run)


def _rate_control(run: RunDirectory) -> None:
    history = run_history(run)
    try:
        settings = read_settings(run.settings)
    except UserError:  # deleted meanwhile
        return
    rate = history.rates[-1]["value"] if history.rates else settings.rate
    with st.popover(t("run.rate"), icon=":material/speed:", on_change="rerun") as popover:
        if not popover.open:
            return
        asked = st.number_input(
            t("setting.learning_rate"),
            value=float(rate),
            step=rate / 10,
            format="%g",
            help=explained(t("run.rate_help"), "learning_rate"),
        )
        low, high = LIMITS["learning_rate"]
        fits = low <= asked <= high
        if not fits:
            error = UserError(
                "error.setting_range", name=t("setting.learning_rate"), low=low, high=high, received=asked
            )
            st.error(sentence(error))
        st.button(t("run.rate_set"), on_click=_set_rate, args=(run, asked), disabled=not fits)


def _act(action: str, run: RunDirectory) -> None:
    known = {
        "submit": lambda: _submit(run),
        "cancel": lambda: executor().cancel(run),
        "pause": run.pause.touch,
        "step": run.step.touch,
        "epoch": run.epoch.touch,
    }
    act_on(run, known[action])


def _submit(run: RunDirectory) -> None:
    allow()
    executor().submit(run)


def _set_rate(run: RunDirectory, rate: float) -> None:
    act_on(run, lambda: write_whole(run.learning_rate, str(rate)))


def show_live(run: RunDirectory, state: RunState, watches_moments: bool) -> None:
    """Show a run's progress and curves, renewed twice a second while it is alive.

    With ``watches_moments`` the page runs again for new snapshots of the weights.
    """
    history = run_history(run)
    with st.container(key="progress"):
        _show_end(history, state)
        if state.kind in ALIVE:
            show_why_waiting()
            watched = language(), _view(), _log()
            moment = _moment(run) if watches_moments else None
            live_run((run.path, *watched), partial(live_state, run, *watched), _news(run, state), moment)
    if state.kind not in ALIVE and (history.batches or history.epochs):
        with st.container(key="charts"):
            _show_curves(history)
        st.caption("  \n".join(_improvements(history, t)))
    if history.batches or history.epochs:
        show_about("live_run", "loss")


def live_state(run: RunDirectory, language: str, view: str, log: bool) -> State | None:
    """Return what there is to see of a run, in a language; None if it is not alive."""
    state = executor().state(run)
    if state.kind not in ALIVE:
        return None

    def words(key: str, **values: object) -> str:
        return text(key, language, **values)

    history = run_history(run)
    figures = _figures(history, view, log, words) if history.batches or history.epochs else []
    return {
        "news": _news(run, state),
        "moment": _moment(run),
        "words": _progress_words(history, state, words, language),
        "share": min(history.step / history.steps, 1.0) if history.steps else 0.0,
        "better": _improvements(history, words),
        "figures": [{**figure, "alt": _alt(history, figure, words)} for figure in figures],
    }


def _news(run: RunDirectory, state: RunState) -> str:
    """Return what makes the page run again at once when it is no longer the same."""
    still = "" if state.kind == RUNNING else _moment(run)  # one step of a held training
    problem = executor().problem()
    return f"{state.kind} {state.place} {still} {problem.key if problem else ''}"


def _moment(run: RunDirectory) -> int:
    """Return the newest snapshot's step, -1 before there is one."""
    moments = snapshots(run)
    return moments[-1].step if moments else -1


def _view() -> str:
    return str(st.session_state.get("curves_view") or "two")


def _log() -> bool:
    return bool(st.session_state.get("curves_log"))


def _show_end(history: History, state: RunState) -> None:
    if history.error is not None and state.kind == "failed":
        st.error(sentence(history.error), icon=":material/error:")
    elif state.kind == INTERRUPTED and not history.run.events.exists():
        st.info(t("run.not_begun"), icon=":material/hourglass_disabled:")
    elif state.kind == INTERRUPTED:
        key = "run.interrupted" if history.run.checkpoint.exists() else "run.interrupted_early"
        st.error(t(key), icon=":material/heart_broken:")


def _progress_words(history: History, state: RunState, t: Texts, language: str) -> str:
    if state.kind == QUEUED:
        return t("run.queued", place=state.place)
    if history.status in FETCHING:
        return t(f"data.fetching_{history.status}", share=f"{history.fetched:.0%}")
    if history.status in ("", "preparing"):
        return t("run.preparing")
    if history.status in EXPORTING:
        return t(f"run.{history.status}")
    batches = history.started["batches"]
    epoch, batch = divmod(history.step, batches)
    parts = [
        t("run.epoch_of", epoch=min(epoch + 1, history.started["epochs"]), epochs=history.started["epochs"]),
        t("run.batch_of", batch=batch, batches=batches),
    ]
    if state.kind == PAUSED:
        return " · ".join([t("run.paused"), *parts])
    if history.batches:
        rate = history.batches[-1]["images_per_second"]
        images = history.started["images"] + VALIDATION_SHARE * history.started["validation_images"]
        left = images * (history.steps - history.step) / batches / max(rate, 1e-9) + EVALUATION_SECONDS
        time = duration(left, language)
        parts += [t("command.rate", rate=f"{rate:,.0f}"), t("command.time_left", time=time)]
    return " · ".join(parts)


def _figures(history: History, view: str, log: bool, t: Texts) -> list[Figure]:
    if view == "two":
        return [curves(history, "loss", t, log), curves(history, "accuracy", t)]
    return [twin_axes(history, t, log)]


def _show_curves(history: History) -> None:
    figures = _figures(history, _view(), _log(), t)
    places = st.columns(len(figures))
    for place, figure, name in zip(places, figures, ("loss", "accuracy"), strict=False):
        place.plotly_chart(figure, key=f"curve-{name}", alt=_alt(history, figure, t), config=CONFIG)


def _alt(history: History, figure: Figure, t: Texts) -> str:
    title = str(figure["layout"]["title"]["text"])
    if not history.epochs:
        return title
    last = history.epochs[-1]
    told = ", ".join(f"{name} {last[name]:.4f}" for name in METRICS if last.get(name) is not None)
    return f"{title}: {t('run.epoch_of', epoch=last['epoch'], epochs=history.started['epochs'])}, {told}"


def _improvements(history: History, t: Texts) -> list[str]:
    lines = []
    for event in reversed(history.improvements[-IMPROVEMENTS:]):
        previous = event["previous"]
        key = "run.improved" if previous is not None else "run.improved_first"
        values = {"monitor": event["monitor"], "epoch": event["epoch"], "value": three_digits(event["value"])}
        lines.append(t(key, previous="" if previous is None else three_digits(previous), **values))
    return lines


def show_curve_options(run: RunDirectory, state: RunState) -> None:
    """Show how the curves are drawn, and the numbers behind them."""
    history = run_history(run)
    if state.kind not in (RUNNING, PAUSED) and not history.batches and not history.epochs:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            t("curves.view"),
            ["two", "twin"],
            format_func=lambda view: t(f"curves.view_{view}"),
            default="two",
            required=True,
            key="curves_view",
            label_visibility="collapsed",
            persist_state="session",
        )
        st.toggle(t("curves.log"), key="curves_log", help=about("log"), persist_state="session")
        with st.popover(t("curves.numbers"), icon=":material/table:", on_change="rerun") as popover:
            if popover.open:
                _show_numbers(history)


def _show_numbers(history: History) -> None:
    rows = [
        [str(event["epoch"]), *(_cell(name, event.get(name)) for name in METRICS)] for event in history.epochs
    ]
    head = [t("curves.epoch"), *(t(f"curves.{name}") for name in METRICS)]
    st.html(html_table(t("curves.by_epoch"), head, rows))
    st.download_button(
        t("curves.csv_epochs"), lambda: as_csv(history.epochs), "epochs.csv", "text/csv", on_click="ignore"
    )
    st.download_button(
        t("curves.csv_batches"), lambda: as_csv(history.batches), "batches.csv", "text/csv", on_click="ignore"
    )


def _cell(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    return percent(value) if name.endswith("accuracy") else f"{value:.4f}"
