"""The ten probabilities of a drawing, as the app shows them or as a Plotly chart.

``benchmarks.bars`` opens it with ``?bars=html`` and ``?bars=plotly``.
"""

from __future__ import annotations

import numpy as np
import plotly.express as px
import plotly.graph_objects as go
import streamlit as st
from streamlit_drawable_canvas import st_canvas

from mnist_app.numerics.picture import ink_of_canvas
from mnist_app.serving.card import CARD
from mnist_app.serving.model_folders import DEFAULT_MODEL, SHIPPED
from mnist_app.serving.reading import read
from mnist_app.views.answer import show_probabilities
from mnist_app.views.resources import predictor


def bar_chart(probabilities: np.ndarray) -> go.Figure:
    """Return the ten probabilities, float32 (10,), as a horizontal bar chart."""
    figure = px.bar(x=probabilities, y=[str(label) for label in range(10)], range_x=[0, 1])
    figure.update_layout(height=300, margin={"l": 10, "r": 10, "t": 10, "b": 10})
    return figure


@st.fragment
def page() -> None:
    """Show the canvas and the bars."""
    st.title("Bars")  # else the canvas's toolbar lies under Streamlit's
    canvas = st_canvas(
        stroke_width=18,
        stroke_color="#ffffff",
        background_color="#000000",
        height=280,
        width=280,
        return_image_data=True,
        key="drawing",
    )
    image = canvas.image_data
    if image is None:
        return
    folder = SHIPPED / DEFAULT_MODEL
    reading = read(ink_of_canvas(image), predictor(folder, (folder / CARD).stat().st_mtime), single=True)
    if not reading.digits:
        return
    with st.container(key="probabilities", width=320):
        if st.query_params.get("bars") == "plotly":
            st.plotly_chart(bar_chart(reading.digits[0].probabilities), key="bars")
        else:
            show_probabilities(reading.digits[0])


page()
