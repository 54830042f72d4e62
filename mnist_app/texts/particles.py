"""Korean particles, whose form depends on the last sound of the word before them.

A text of the catalog writes one in braces behind a placeholder: "{name}{은}"
becomes "conv_1은" or "mlp-512는".
"""

from __future__ import annotations

import re

# After a consonant: after a vowel.
PARTICLES = {"은": "는", "이": "가", "을": "를", "과": "와", "으로": "로", "이라": "라", "이다": "다"}
MARK = re.compile("{(" + "|".join(PARTICLES) + ")}")

VOWEL, CONSONANT, RIEUL = range(3)  # how a word can end; 로 follows ㄹ as it follows a vowel
DIGITS = dict.fromkeys("036", CONSONANT) | dict.fromkeys("178", RIEUL)  # 영, 삼, 육; 일, 칠, 팔
LETTERS = {"l": RIEUL, "m": CONSONANT, "n": CONSONANT, "r": RIEUL}  # by their names: 엘, 엠, 엔, 알
# How Korean writes the ends of English words: 스케일; 코사인, 맵, 블록, 넷, 아웃.
WORDS = {RIEUL: re.compile("le?$"), CONSONANT: re.compile("([mn]e?|ng|[aeiou](p|b|c|k|ck)|net|out)$")}
ASIDE = re.compile(r"(?<=\S)\s*\([^()]*\)$")  # a remark in parentheses: the particle goes by the word before
MARKS = "’”'\"*`"  # quotation, Markdown
BRACKETS = ")]}»》」』"


def particle(form: str, word: str) -> str:
    """Return the particle as it stands after a word.

    Args:
        form: a key of ``PARTICLES``.
        word: what stands before it: Korean, digits or Latin letters, perhaps in
            quotes or with a remark in parentheses. A sign such as % counts as a
            vowel, with which its name ends.
    """
    end = _end(word)
    has_final = end == CONSONANT or (end == RIEUL and form != "으로")
    return form if has_final else PARTICLES[form]


def _end(word: str) -> int:
    word = ASIDE.sub("", word.rstrip(MARKS)).rstrip(MARKS + BRACKETS)
    last = word[-1:]
    if "가" <= last <= "힣":  # Unicode has each with its 27 final sounds, ㄹ the eighth
        final = (ord(last) - ord("가")) % 28
        return (VOWEL, RIEUL if final == 8 else CONSONANT)[bool(final)]
    latin = re.findall("[A-Za-z]+$", word)
    return _latin(latin[0]) if latin else DIGITS.get(last, VOWEL)


def _latin(word: str) -> int:
    if word.isupper() or not re.search("[aeiou]", word):  # read letter by letter
        return LETTERS.get(word[-1].lower(), VOWEL)
    return next((end for end, pattern in WORDS.items() if pattern.search(word)), VOWEL)
