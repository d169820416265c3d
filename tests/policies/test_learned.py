"""Saved models whose files are damaged; see tests/training for what whole ones do."""

from pathlib import Path

import numpy as np
import pytest

from marl_routing.policies import load_policy
from marl_routing.policies.learned import ACTOR, CARD, Learned


@pytest.mark.parametrize(
    ("file", "content"),
    [(ACTOR, b""), (ACTOR, b"no zip"), (ACTOR, None), (CARD, b"{}"), (CARD, b"[]"), (CARD, b"{")],
)
def test_a_damaged_model_is_refused(file: str, content: bytes | None, tmp_path: Path) -> None:
    (tmp_path / CARD).write_text('{"shape": [1, 1, 2]}')
    np.savez(tmp_path / ACTOR, weight=np.zeros(3))
    assert isinstance(load_policy(str(tmp_path)), Learned)
    (tmp_path / file).unlink()
    if content is not None:
        (tmp_path / file).write_bytes(content)
    with pytest.raises(ValueError, match=r"a saved model, model\.json") as why:
        load_policy(str(tmp_path))
    assert "\n" not in str(why.value)
