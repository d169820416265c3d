"""The model that does best on validation seeds is the one that a training run leaves behind."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from marl_routing.evaluation.learning_curve import DESK, LEARNING, REWARD_PER_STEP
from marl_routing.policies.folders import FILES, read_card
from marl_routing.policies.learned import CARD, SAMPLED
from marl_routing.training.saving import write_card
from marl_routing.training.trainer import Trainer

VALIDATED = "validated"


def learning(
    trainer: Trainer, keep: Callable[[], dict[str, float]], agent_steps: int, every: int
) -> Iterator[tuple[str, dict[str, float]]]:
    """Learn, and keep the model now and then, and at the end.

    Args:
        trainer: goes on from where it is.
        keep: saves its model, and says what the desk makes of it.
        agent_steps: that are taken in the end.
        every: agent-steps between two calls of `keep`.

    Yields:
        `LEARNING` and the figures of an update, or `DESK` and what `keep` said.
    """
    kept = trainer.agent_steps
    for figures in trainer.learn(agent_steps):
        yield LEARNING, figures
        if trainer.agent_steps - kept >= every:
            kept = trainer.agent_steps
            yield DESK, keep()
    if kept < trainer.agent_steps:
        yield DESK, keep()


class Keeper:
    """Saves a trainer's model whenever it is better than the one saved before.

    Learning is noisy: what comes last is seldom what was best.

    Args:
        trainer: of all agents of a desk.
        folder: of the model.
        resumed: whether the run goes on, and so the model in the folder is its own.
    """

    def __init__(self, trainer: Trainer, folder: Path, resumed: bool = False) -> None:
        self._trainer, self._folder, self.best = trainer, folder, -math.inf
        if resumed and (folder / CARD).is_file():
            self.best = read_card(str(folder)).get(VALIDATED, -math.inf)

    def keep(self) -> dict[str, float]:
        """Save the model if it is the best so far.

        Returns:
            KPIs of the model as it is now, on validation seeds.
        """
        with TemporaryDirectory(dir=self._folder, prefix=".") as name:
            now = Path(name)
            self._trainer.save_model(now)
            kpis = self._trainer.kpis(now)
            if kpis[REWARD_PER_STEP] > self.best:
                self.best = kpis[REWARD_PER_STEP]
                found = {VALIDATED: self.best, SAMPLED: int(kpis.get(SAMPLED, 0))}
                write_card(now, read_card(name) | found)
                # The card last: a run that is killed in between goes on, and saves both again.
                for file in reversed(FILES):
                    if (now / file).is_file():
                        (now / file).replace(self._folder / file)
        return kpis
