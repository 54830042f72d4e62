"""The usual Streamlit demo of MNIST, for comparison: what a tutorial would write.

Nothing in it is slowed down on purpose: the model is loaded once
(``st.cache_resource``), one ``model.predict`` returns the answer and all layers,
and each layer is one Plotly figure with a heat map for every map, its subplots
made and filled at once (``px.imshow`` with facets takes half as long again).
As in most such demos, TensorFlow is imported by the page, a stroke runs the
whole page again, and the drawing is resized plainly.

The keys of its containers are those of the app, so that ``benchmarks.latency``
measures both alike, and the network is the app's default one.  To look at it:
``python -m streamlit run benchmarks/plain_app.py``
"""

from __future__ import annotations

import numpy as np
import plotly.express as px
import plotly.graph_objects as go
import streamlit as st
import tensorflow as tf
from PIL import Image
from plotly.subplots import make_subplots
from streamlit_drawable_canvas import st_canvas

from mnist_app.serving.model_folders import DEFAULT_MODEL, SHIPPED

MODEL = SHIPPED / DEFAULT_MODEL / "model.keras"
COLUMNS = 16  # maps in a row


@st.cache_resource
def load_model() -> tuple[tf.keras.Model, list[str]]:
    """Return a model with the outputs of all convolutions, poolings and the last layer, and their names."""
    model = tf.keras.models.load_model(MODEL)
    shown = [layer for layer in model.layers if len(layer.output.shape) == 4 and "input" not in layer.name]
    outputs = [layer.output for layer in [*shown, model.layers[-1]]]
    return tf.keras.Model(model.inputs, outputs), [layer.name for layer in shown]


def prepare(image_data: np.ndarray) -> np.ndarray:
    """Return the canvas, uint8 (280, 280, 4), as the network's input: float32 (1, 28, 28, 1), 0 to 1."""
    small = Image.fromarray(image_data).convert("L").resize((28, 28))
    return np.asarray(small, np.float32)[np.newaxis, ..., np.newaxis] / 255


def bar_chart(probabilities: np.ndarray) -> go.Figure:
    """Return the ten probabilities, float32 (10,), as a bar chart."""
    figure = px.bar(x=list(range(10)), y=probabilities, labels={"x": "Digit", "y": "Probability"})
    figure.update_layout(height=300, yaxis_range=[0, 1])
    figure.update_xaxes(dtick=1)
    return figure


def feature_maps(values: np.ndarray) -> go.Figure:
    """Return all maps of a layer, float32 (height, width, maps), as heat maps in one figure."""
    count = values.shape[2]
    rows = -(-count // COLUMNS)
    figure = make_subplots(rows, COLUMNS, horizontal_spacing=0.004, vertical_spacing=0.03 / rows)
    figure.add_traces(
        [go.Heatmap(z=values[..., n], coloraxis="coloraxis") for n in range(count)],
        rows=[n // COLUMNS + 1 for n in range(count)],
        cols=[n % COLUMNS + 1 for n in range(count)],
    )
    figure.update_xaxes(showticklabels=False)
    figure.update_yaxes(showticklabels=False, autorange="reversed")
    margin = {"l": 10, "r": 10, "t": 10, "b": 10}
    figure.update_layout(height=75 * rows + 20, margin=margin, coloraxis_colorscale="viridis")
    return figure


st.set_page_config(page_title="MNIST digit recognizer", layout="wide")
st.title("MNIST digit recognizer")
model, names = load_model()
left, right = st.columns(2)
with left:
    canvas = st_canvas(
        stroke_width=18,
        stroke_color="#ffffff",
        background_color="#000000",
        height=280,
        width=280,
        return_image_data=True,
        key="canvas",
    )
image = canvas.image_data
if image is not None:
    *maps, (probabilities,) = model.predict(prepare(image), verbose=0)
    with right:
        with st.container(key="prediction"):
            digit = int(probabilities.argmax())
            st.header(f"Prediction: {digit} ({probabilities[digit]:.2%})")
        with st.container(key="probabilities"):
            st.plotly_chart(bar_chart(probabilities), key="bars")
    with st.container(key="maps"):
        for name, values in zip(names, maps, strict=True):
            st.subheader(name)
            st.plotly_chart(feature_maps(values[0]), key=name)
