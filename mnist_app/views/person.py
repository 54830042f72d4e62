"""Who is at the browser: a number in a cookie, so that one's runs and drawings are found again.

Who knows the number is that person: nothing that others can see or download has it.
"""

from __future__ import annotations

import re
import uuid

import streamlit as st

COOKIE = "digit_lab_person"
_KEY = "person"
_LEFT = "cookies"  # what else is to be left in the browser
YEAR = 31_536_000  # seconds
_ID = re.compile(r"[0-9a-f]{32}")

_COMPONENT = st.components.v2.component(
    "remember_person",
    js="""
export default function ({ data }) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  for (const { name, value, seconds } of data?.cookie ?? [])
    document.cookie = `${name}=${value}; path=/; max-age=${seconds}; SameSite=Lax${secure}`;
}
""",
)


def person() -> str:
    """Return who is at the browser, 32 hexadecimal digits: the same one in a year's time."""
    if _KEY not in st.session_state:
        known = str(st.context.cookies.get(COOKIE, ""))
        st.session_state[_KEY] = known if _ID.fullmatch(known) else uuid.uuid4().hex
    return str(st.session_state[_KEY])


def leave_cookie(name: str, value: str, seconds: int) -> None:
    """Leave another cookie in the browser, with the next ``remember_person``."""
    st.session_state.setdefault(_LEFT, {})[name] = {"name": name, "value": value, "seconds": seconds}


def remember_person() -> None:
    """Leave the cookie in the browser; once on every page that needs ``person``."""
    own = {"name": COOKIE, "value": person(), "seconds": YEAR}
    left = st.session_state.get(_LEFT, {}).values()
    _COMPONENT(key="remember-person", data={"cookie": [own, *left]}, height=0)
