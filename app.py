"""The app: its pages, and the interface for programs under /api."""

from __future__ import annotations

import sys

import streamlit as st

from mnist_app.api.routes import ROUTES
from mnist_app.serving.environment import check_environment
from mnist_app.serving.logs import configure
from mnist_app.serving.memory import keep_memory_small
from mnist_app.texts.catalog import terminal_language
from mnist_app.texts.user_error import UserError

try:
    check_environment()
except UserError as error:
    sys.exit(f"mnist_app: {error.message(terminal_language())}")
configure()
keep_memory_small()
app = st.App("mnist_app/pages/router.py", routes=ROUTES)
