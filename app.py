"""The app: its pages, and the interface for programs under /api."""

from __future__ import annotations

import streamlit as st

from mnist_app.api.routes import ROUTES
from mnist_app.serving.logs import configure

configure()
app = st.App("mnist_app/pages/router.py", routes=ROUTES)
