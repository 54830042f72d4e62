"""Who is at the browser: a number in a cookie, so that one's runs and drawings are found again."""

from __future__ import annotations

import re
import uuid

import streamlit as st

COOKIE = "digit_lab_person"
_KEY = "person"
_ID = re.compile(r"[0-9a-f]{32}")

_COMPONENT = st.components.v2.component(
    "remember_person",
    js="""
export default function ({ data }) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const kept = `path=/; max-age=31536000; SameSite=Lax${secure}`;
  if (data) document.cookie = `${data.cookie}=${data.person}; ${kept}`;
}
""",
)


def person() -> str:
    """Return who is at the browser, 32 hexadecimal digits: the same one in a year's time."""
    if _KEY not in st.session_state:
        known = str(st.context.cookies.get(COOKIE, ""))
        st.session_state[_KEY] = known if _ID.fullmatch(known) else uuid.uuid4().hex
    return str(st.session_state[_KEY])


def remember_person() -> None:
    """Leave the cookie in the browser; once on every page that needs ``person``."""
    _COMPONENT(key="remember-person", data={"cookie": COOKIE, "person": person()}, height=0)
