"""The table of everything that was trained; the rows chosen in it are what is compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import streamlit as st

from mnist_app.serving.model_folders import runs_folder
from mnist_app.training.notes import read_notes
from mnist_app.training.run_directory import RunDirectory
from mnist_app.views.about import about
from mnist_app.views.access import owns
from mnist_app.views.language import t
from mnist_app.views.trained_rows import Row, rows_csv
from mnist_app.views.training_result import show_notes

CHOSEN = "compared"  # in the session: the names of what is compared


def choose_rows(rows: Sequence[Row]) -> list[Row]:
    """Show the table and return the rows that are chosen in it."""
    names = [row.name for row in rows]
    chosen = [place for place, name in enumerate(names) if name in st.session_state.get(CHOSEN, ())]
    # The browser counts rows: with another row among them the table begins anew, with the same ones chosen.
    key = f"compare-table-{hash(tuple(names)) & 0xFFFFFFFF:08x}"
    state = st.dataframe(
        _columns(rows),
        column_config=_column_config(rows),
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": chosen}},
        placeholder="–",
        alt=t("compare.table"),
        key=key,
    )
    found = [rows[place] for place in state["selection"]["rows"] if place < len(rows)]
    st.session_state[CHOSEN] = [row.name for row in found]
    return found


def _columns(rows: Sequence[Row]) -> dict[str, list[object]]:
    columns: dict[str, list[object]] = {
        field.name: [getattr(row, field.name) for row in rows]
        for field in fields(Row)
        if field.name not in ("name", "folder")
    }
    columns["kind"] = [t(f"compare.kind_{row.kind}") for row in rows]
    columns["accuracy"] = [None if row.accuracy is None else 100 * row.accuracy for row in rows]
    return columns


def _column_config(rows: Sequence[Row]) -> dict[str, Any]:
    column = st.column_config

    def bar(name: str, values: Sequence[float | None], form: str) -> object:
        largest = max((value for value in values if value is not None), default=1.0)
        return column.ProgressColumn(
            t(f"compare.{name}"),
            help=t(f"compare.{name}_help"),
            format=form,
            min_value=0.0,
            max_value=largest,
        )

    def number(name: str, form: str) -> object:
        return column.NumberColumn(t(f"compare.{name}"), format=form)

    return {
        "label": column.TextColumn(t("compare.label"), pinned=True),
        "kind": t("compare.kind"),
        "architecture": t("compare.architecture"),
        "recipe": t("compare.recipe"),
        "parameters": number("parameters", "localized"),
        "accuracy": number("accuracy", "%.2f %%"),
        "test_images": number("test_images", "localized"),
        "seconds": number("seconds", "%.0f s"),
        "milliseconds": bar("milliseconds", [row.milliseconds for row in rows], "%.3f ms"),
        "megabytes": bar("megabytes", [row.megabytes for row in rows], "%.1f MB"),
        "created": column.DateColumn(t("compare.created"), format="localized"),
        "note": column.TextColumn(t("compare.note"), width="medium"),
    }


def show_table_tools(rows: Sequence[Row], chosen: Sequence[Row]) -> None:
    """Show the note of a run of one's own, where one alone is chosen, and the table as a file."""
    run = RunDirectory(runs_folder() / chosen[0].name) if len(chosen) == 1 else None
    is_mine = run is not None and chosen[0].kind != "ships" and owns(read_notes(run))
    with st.container(horizontal=True, vertical_alignment="center"):
        popover = st.popover(
            t("run.name_and_note"),
            icon=":material/edit:",
            on_change="rerun",
            disabled=not is_mine,
            help=t("compare.note_help"),
            key="compare-note",
        )
        if popover.open and run is not None and is_mine:
            with popover:
                show_notes(run)
        st.download_button(
            t("compare.csv"),
            rows_csv(rows),
            "networks.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        st.caption(t("compare.choose"), help=about("compare-table", "accuracy"))
