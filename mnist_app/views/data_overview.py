"""How many images there are, how they are split and why, and where they come from."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_app.views.about import show_about
from mnist_app.views.charts import CONFIG
from mnist_app.views.data_charts import class_counts
from mnist_app.views.data_set import SETS, DataSet, is_original
from mnist_app.views.language import t
from mnist_app.views.numbers import percent
from mnist_app.views.tables import html_table


def show_overview(data: DataSet) -> None:
    """Show the split, the counts of each digit and the source."""
    labels = {name: data.labels(name) for name in SETS}
    whole = sum(len(each) for each in labels.values())
    st.markdown(t("data.why_apart"))
    for place, name in zip(st.columns(len(SETS)), SETS, strict=True):
        with place:
            count = len(labels[name])
            st.metric(t(f"data.{name}"), f"{count:,}", help=t("data.share", share=percent(count / whole)))
            st.caption(t(f"data.{name}_use"))
    st.caption(t("data.held_back"))
    counts = {name: np.bincount(each, minlength=10).tolist() for name, each in labels.items()}
    alt = ", ".join(
        t("data.counts_alt", name=t(f"data.{name}"), low=f"{min(each):,}", high=f"{max(each):,}")
        for name, each in counts.items()
    )
    figure = class_counts(counts, t)
    st.plotly_chart(figure, key="data-counts", alt=f"{t('data.counts_title')}: {alt}", config=CONFIG)
    show_about("data-counts")
    with st.expander(t("details.table"), on_change="rerun", key="data-counts-table") as table:
        if table.open:
            head = [t("data.digit"), *(t(f"data.{name}") for name in SETS)]
            rows = [[str(digit), *(f"{counts[name][digit]:,}" for name in SETS)] for digit in range(10)]
            st.html(html_table(t("data.counts_title"), head, rows))
    st.subheader(t("data.origin"))
    st.markdown(t("data.origin_words"))
    unchanged = t("data.original" if is_original(data.source) else "data.other")
    st.markdown(f"{t(f'data.origin_{data.source.kind}')} {unchanged}")
