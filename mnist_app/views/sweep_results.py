"""A sweep as it goes: how far it is, what each run reached, and which settings did it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from mnist_app.serving.model_folders import runs_folder
from mnist_app.texts.duration import duration
from mnist_app.training.estimate import VALIDATION_SHARE
from mnist_app.training.history import History
from mnist_app.training.notes import Notes
from mnist_app.training.queue import ALIVE, QUEUED, RunState
from mnist_app.training.run_directory import RunDirectory
from mnist_app.training.sweeps import OBJECTIVE, Sweep, find_sweeps
from mnist_app.views.about import about
from mnist_app.views.access import owns
from mnist_app.views.charts import CONFIG
from mnist_app.views.curves import as_csv
from mnist_app.views.language import language, t
from mnist_app.views.resources import executor, run_history
from mnist_app.views.sidebar import MODEL
from mnist_app.views.sweep_chart import parallel_coordinates
from mnist_app.views.training_live import show_why_waiting
from mnist_app.views.training_result import RUN

SWEEP = "sweep-chosen"
STARTED = "sweep-started"  # in the session: a new one, to be chosen
EVERY_SECONDS = 2.0


@dataclass(frozen=True)
class Reached:
    """A run of a sweep: what it was given, how it stands, and what it reached so far."""

    run: RunDirectory
    given: dict[str, Any]
    state: RunState
    history: History

    @property
    def best(self) -> float | None:
        """Return the best validation accuracy so far, 0 to 1."""
        values = [event[OBJECTIVE] for event in self.history.epochs if event.get(OBJECTIVE) is not None]
        return max(values, default=None)

    @property
    def how(self) -> str:
        """Return the catalog's key of how the run stands."""
        return "hopeless" if self.history.end.get("hopeless") else self.state.kind


def choose_started() -> Sweep | None:
    """Show the sweeps that there are and return the chosen one, at first the newest."""
    sweeps = {sweep.id: sweep for sweep in find_sweeps(runs_folder())}
    if not sweeps:
        st.info(t("sweep.none"), icon=":material/tune:")
        return None
    if STARTED in st.session_state:
        st.session_state[SWEEP] = st.session_state.pop(STARTED)
    if st.session_state.get(SWEEP) not in sweeps:
        st.session_state[SWEEP] = next(iter(sweeps))
    name = st.selectbox(
        t("sweep.sweep"),
        list(sweeps),
        format_func=lambda name: _label(sweeps[name]),
        key=SWEEP,
        persist_state="session",
        width=520,
    )
    return sweeps[str(name)]


def show_sweep(sweep: Sweep, train: Path, draw: Path) -> bool:
    """Show a sweep, renewed while it goes on, and return whether it does.

    Args:
        sweep: which.
        train: the page that shows a run.
        draw: the page to draw on.
    """
    runs = _look(sweep)
    is_alive = any(each.state.kind in ALIVE for each in runs)
    every = EVERY_SECONDS if is_alive else None
    st.fragment(_show, run_every=every)(sweep, is_alive)
    told = [each for each in runs if each.best is not None]
    if told and not is_alive:
        best = _best(told)
        with st.container(horizontal=True, vertical_alignment="center", key="sweep-best"):
            st.markdown(_told(best))
            if st.button(t("sweep.open"), icon=":material/model_training:", key="sweep-open"):
                st.session_state[RUN] = best.run.name
                st.switch_page(train)
            if st.button(t("run.draw"), icon=":material/draw:", key="sweep-draw"):
                st.session_state[MODEL] = best.run.name
                st.switch_page(draw)
    return is_alive


def _look(sweep: Sweep) -> list[Reached]:
    """Return how all runs of a sweep stand; those that were deleted are left out."""
    found = []
    for name, given in zip(sweep.runs, sweep.space, strict=False):
        run = RunDirectory(runs_folder() / Path(name).name)
        if run.settings.exists():
            found.append(Reached(run, given, executor().state(run), run_history(run)))
    return found


def _show(sweep: Sweep, was_alive: bool) -> None:
    runs = _look(sweep)
    alive = [each for each in runs if each.state.kind in ALIVE]
    if was_alive and not alive:
        st.rerun()  # the page has more to say of what has ended
    if alive:
        show_why_waiting()
        done = sum(_share(each) for each in runs) / max(len(runs), 1)
        words = t("sweep.done", done=len(runs) - len(alive), number=len(runs))
        left = _seconds_left(runs)
        if left is not None:
            words += " · " + t("command.time_left", time=duration(left, language()))
        st.progress(min(done, 1.0), words)
        if owns(Notes(sweep.owner)):
            st.button(
                t("sweep.stop"), icon=":material/stop:", on_click=_stop, args=(alive,), key="sweep-stop"
            )
    _show_table(runs)
    told = [each for each in runs if each.best is not None]
    if len(told) > 1:
        figure = parallel_coordinates(
            [each.given for each in told],
            [each.best or 0 for each in told],
            t,
            st.context.theme.type == "dark",
        )
        st.plotly_chart(figure, key="sweep-chart", config=CONFIG, alt=_alt(told))
        st.caption(t("sweep.chart_help"), help=about("sweep-chart"))


def _show_table(runs: list[Reached]) -> None:
    rows = []
    for each in sorted(runs, key=lambda each: -(each.best or -1)):
        rows.append(
            {
                t("sweep.run"): each.run.name.rpartition("-")[2],
                **{t(f"setting.{name}"): _written(value) for name, value in each.given.items()},
                t("sweep.state"): t(f"sweep.{each.how}"),
                t("sweep.epochs"): len(each.history.epochs),
                t("sweep.reached"): None if each.best is None else 100 * each.best,
                t("sweep.test"): _percent(each.history.evaluated.get("test_accuracy")),
                t("sweep.seconds"): sum(event["seconds"] for event in each.history.fits) or None,
            }
        )
    accuracy = st.column_config.NumberColumn(format="%.2f %%")
    st.dataframe(
        rows,
        hide_index=True,
        column_config={
            t("sweep.reached"): accuracy,
            t("sweep.test"): accuracy,
            t("sweep.seconds"): st.column_config.NumberColumn(format="%.0f s"),
        },
        key="sweep-table",
    )
    st.download_button(
        t("sweep.csv"), lambda: as_csv(rows), "sweep.csv", "text/csv", on_click="ignore", key="sweep-csv"
    )


def _stop(alive: list[Reached]) -> None:
    # The waiting ones first: else the next one would begin as soon as one has stopped.
    for each in sorted(alive, key=lambda each: each.state.kind != QUEUED):
        executor().cancel(each.run)


def _share(each: Reached) -> float:
    """Return how much of a run is done, 0 to 1."""
    if each.state.kind not in ALIVE:
        return 1.0
    return each.history.step / each.history.steps if each.history.steps else 0.0


def _seconds_left(runs: list[Reached]) -> float | None:
    """Return how long the runs at work and those that wait will take, at the pace of the others."""
    paces = []
    for each in runs:
        if each.history.epochs and each.history.started:
            start = each.history.started
            images = start["images"] + VALIDATION_SHARE * start["validation_images"]
            paces.append(images * start["epochs"] / float(each.history.epochs[-1]["images_per_second"]))
    if not paces:
        return None
    return float(sum(1 - _share(each) for each in runs) * sum(paces) / len(paces))


def _label(sweep: Sweep) -> str:
    varied = ", ".join(t(f"setting.{name}") for name in sweep.space[0])
    return f"{sweep.id} · {varied} · {t('sweep.runs', number=len(sweep.runs))}"


def _told(best: Reached) -> str:
    given = ", ".join(f"{t(f'setting.{name}')} {_written(value)}" for name, value in best.given.items())
    return t("sweep.best", run=best.run.name, given=given, reached=f"{100 * (best.best or 0):.2f} %")


def _written(value: Any) -> str:
    if value is None:
        return t("setting.as_it_is")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _alt(told: list[Reached]) -> str:
    return f"{t('sweep.chart')}: {_told(_best(told))}"


def _best(told: list[Reached]) -> Reached:
    return max(told, key=lambda each: each.best or 0)
