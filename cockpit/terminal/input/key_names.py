"""What keys are called, and the numbers the terminal protocols give them. Tables only."""

from __future__ import annotations

ALIASES = {
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
    "pgup": "pageup",
    "page_up": "pageup",
    "pgdn": "pagedown",
    "page_down": "pagedown",
    "newline": "enter",
    "backtab": "tab",
}
"""Other spellings people and programs use, each with ours."""

KEYPAD_CHARACTERS = {
    **{f"kp_{digit}": str(digit) for digit in range(10)},
    "kp_decimal": ".",
    "kp_divide": "/",
    "kp_multiply": "*",
    "kp_subtract": "-",
    "kp_add": "+",
    "kp_equal": "=",
    "kp_separator": ",",
}
"""The keypad's keys that type something."""

KEYPAD_SS3 = {
    **{f"kp_{digit}": letter for digit, letter in enumerate("pqrstuvwxy")},
    "kp_multiply": "j",
    "kp_add": "k",
    "kp_separator": "l",
    "kp_subtract": "m",
    "kp_decimal": "n",
    "kp_divide": "o",
    "kp_equal": "X",
    "kp_enter": "M",
}
"""Final letters of the application keypad (ctlseqs, "VT220-Style Function Keys")."""

CURSOR_FINALS = {
    "up": "A",
    "down": "B",
    "right": "C",
    "left": "D",
    "begin": "E",
    "end": "F",
    "home": "H",
}
"""Keys that follow the application cursor mode (DECCKM), with their final letters."""

FUNCTION_FINALS = {"f1": "P", "f2": "Q", "f3": "R", "f4": "S"}

TILDE_NUMBERS = {
    "insert": 2, "delete": 3, "pageup": 5, "pagedown": 6,
    "f5": 15, "f6": 17, "f7": 18, "f8": 19, "f9": 20, "f10": 21, "f11": 23, "f12": 24, "menu": 29,
}  # fmt: skip
"""What xterm sends as `CSI number ~`."""

TILDE_KEYS = {
    1: "home", 2: "insert", 3: "delete", 4: "end", 5: "pageup", 6: "pagedown", 7: "home", 8: "end",
    11: "f1", 12: "f2", 13: "f3", 14: "f4", 15: "f5", 17: "f6", 18: "f7", 19: "f8", 20: "f9", 21: "f10",
    23: "f11", 24: "f12", 25: "f13", 26: "f14", 28: "f15", 29: "f16", 31: "f17", 32: "f18", 33: "f19",
    34: "f20", 57427: "kp_begin",
}  # fmt: skip
"""What `CSI number ~` means, with the variants of rxvt, the Linux console and tmux."""

KITTY_FUNCTIONAL = {
    9: "tab", 13: "enter", 27: "escape", 32: "space", 127: "backspace",
    57344: "escape", 57345: "enter", 57346: "tab", 57347: "backspace", 57348: "insert", 57349: "delete",
    57350: "left", 57351: "right", 57352: "up", 57353: "down", 57354: "pageup", 57355: "pagedown",
    57356: "home", 57357: "end",
    57358: "caps_lock", 57359: "scroll_lock", 57360: "num_lock", 57361: "print_screen", 57362: "pause",
    57363: "menu",
    **{57364 + number: f"f{number + 1}" for number in range(35)},
    **{57399 + digit: f"kp_{digit}" for digit in range(10)},
    57409: "kp_decimal", 57410: "kp_divide", 57411: "kp_multiply", 57412: "kp_subtract", 57413: "kp_add",
    57414: "kp_enter", 57415: "kp_equal", 57416: "kp_separator", 57417: "kp_left", 57418: "kp_right",
    57419: "kp_up", 57420: "kp_down", 57421: "kp_pageup", 57422: "kp_pagedown", 57423: "kp_home",
    57424: "kp_end", 57425: "kp_insert", 57426: "kp_delete", 57427: "kp_begin",
    57428: "media_play", 57429: "media_pause", 57430: "media_play_pause", 57431: "media_reverse",
    57432: "media_stop", 57433: "media_fast_forward", 57434: "media_rewind", 57435: "media_track_next",
    57436: "media_track_previous", 57437: "media_record", 57438: "lower_volume", 57439: "raise_volume",
    57440: "mute_volume",
}  # fmt: skip
"""Key codes of the kitty keyboard protocol ("Functional key definitions") that are no character of their
own.
"""

KITTY_MODIFIER_KEYS = range(57441, 57455)
"""Codes of shift, control and the like pressed alone."""

NAMES = frozenset(
    {*KITTY_FUNCTIONAL.values(), *TILDE_KEYS.values(), *TILDE_NUMBERS, *CURSOR_FINALS, *FUNCTION_FINALS}
    - {"begin"}
)
"""Every name a key that is no character can have."""

TEXTUAL_CHARACTERS = {
    "exclamation_mark": "!", "quotation_mark": '"', "number_sign": "#", "dollar_sign": "$",
    "percent_sign": "%", "ampersand": "&", "apostrophe": "'", "left_parenthesis": "(",
    "right_parenthesis": ")", "asterisk": "*", "plus": "+", "plus_sign": "+", "comma": ",", "minus": "-",
    "hyphen_minus": "-", "full_stop": ".", "period": ".", "dot": ".", "slash": "/", "solidus": "/",
    "colon": ":", "semicolon": ";", "less_than_sign": "<", "equals_sign": "=", "greater_than_sign": ">",
    "question_mark": "?", "at": "@", "commercial_at": "@", "left_square_bracket": "[", "backslash": "\\",
    "left_square_brace": "[", "reverse_solidus": "\\", "right_square_bracket": "]", "circumflex_accent": "^",
    "underscore": "_", "low_line": "_", "grave_accent": "`", "left_curly_bracket": "{",
    "vertical_line": "|", "right_curly_bracket": "}", "tilde": "~",
}  # fmt: skip
"""Textual's names of the characters that aren't letters or digits (others go by their Unicode name)."""

TEXTUAL_KEYS = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "decimal": ".",
    "equal": "=",
    "separator": ",",
}
"""Textual's names of keypad keys."""

US_SHIFTED = dict(zip("`1234567890-=[]\\;',./", '~!@#$%^&*()_+{}|:"<>?', strict=True))
"""What shift makes of a key on a US keyboard: all there is to go by when a terminal reports the key alone."""
