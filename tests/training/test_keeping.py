"""What a training run leaves behind: the model that did best, whatever strikes meanwhile."""

from pathlib import Path
from typing import Any

import pytest

from marl_routing.evaluation.learning_curve import REWARD_PER_STEP
from marl_routing.policies.folders import read_card
from marl_routing.policies.learned import ACTOR
from marl_routing.training.keeping import VALIDATED, Keeper
from marl_routing.training.saving import write_card


class Scripted:
    """A trainer whose models are worth what it is told."""

    def __init__(self, reward: float) -> None:
        self.reward = reward

    def save_model(self, folder: Path) -> None:
        (folder / ACTOR).write_text(str(self.reward))
        write_card(folder, {})

    def kpis(self, folder: Path) -> dict[str, float]:
        return {REWARD_PER_STEP: float((folder / ACTOR).read_text())}


def kept(folder: Path) -> tuple[float, str]:
    return read_card(str(folder))[VALIDATED], (folder / ACTOR).read_text()


def test_only_what_is_better_is_saved(tmp_path: Path) -> None:
    trainer: Any = Scripted(-3.0)
    keeper = Keeper(trainer, tmp_path)
    for reward, best in ((-3.0, -3.0), (-2.0, -2.0), (-4.0, -2.0)):
        trainer.reward = reward
        assert keeper.keep()[REWARD_PER_STEP] == reward
        assert kept(tmp_path) == (best, str(best))
    trainer.reward = -3.0
    Keeper(trainer, tmp_path, resumed=True).keep()
    assert kept(tmp_path) == (-2.0, "-2.0")
    Keeper(trainer, tmp_path).keep()
    assert kept(tmp_path) == (-3.0, "-3.0")
    assert len(list(tmp_path.iterdir())) == 2


def test_a_run_that_is_killed_amid_saving_saves_both_files_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer: Any = Scripted(-3.0)
    Keeper(trainer, tmp_path).keep()
    trainer.reward, replace, moved = -2.0, Path.replace, list[str]()

    def killed(path: Path, target: Path) -> Path:
        if target.parent == tmp_path:
            moved.append(target.name)
            if len(moved) == 2:
                raise KeyboardInterrupt
        return replace(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            Keeper(trainer, tmp_path, resumed=True).keep()
    Keeper(trainer, tmp_path, resumed=True).keep()
    assert kept(tmp_path) == (-2.0, "-2.0")
