"""The model that does best on validation seeds is the one that a training run leaves behind."""

import math
from pathlib import Path
from tempfile import TemporaryDirectory

from marl_routing.policies.folders import FILES, read_card
from marl_routing.policies.learned import CARD, SAMPLED
from marl_routing.training.saving import write_card
from marl_routing.training.trainer import Trainer

REWARD, VALIDATED = "reward_per_step", "validated"


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
            if kpis[REWARD] > self.best:
                self.best = kpis[REWARD]
                found = {VALIDATED: self.best, SAMPLED: int(kpis.get(SAMPLED, 0))}
                write_card(now, read_card(name) | found)
                # The card last: a run that is killed in between goes on, and saves both again.
                for file in reversed(FILES):
                    if (now / file).is_file():
                        (now / file).replace(self._folder / file)
        return kpis
