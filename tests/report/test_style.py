"""The palette can be read: contrast as WCAG 2.2 asks for, in the light and in the dark."""

import re
from importlib import resources

import pytest

from marl_routing.report.drawing import PAINT

STYLE = resources.files("marl_routing.report").joinpath("page.css").read_text("utf-8")
PALETTES = [
    dict(re.findall(r"--(\w+): (#\w+)", block))
    for block in re.findall(r":root \{(.*?)\}", STYLE, re.S)
]


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", PALETTES, ids=["light", "dark", "print"])
def test_text_and_lines_stand_out(palette: dict[str, str]) -> None:
    assert set(PAINT) <= set(palette)
    for text in ("ink", "muted", "accent", "good", "bad"):
        for ground in ("page", "card"):
            assert contrast(palette[text], palette[ground]) >= 4.5, text
    for name in PAINT:
        if re.fullmatch(r"s\d", name):
            floor = 4.5 if name <= "s5" else 3.0  # those of policies, and of further terms
            assert contrast(palette[name], palette["card"]) >= floor, name
