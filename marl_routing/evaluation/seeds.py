"""Seeds of episodes, in ranges that do not overlap: what is tuned on some is judged on others.

An episode's seed is its range's first plus its place, so a range holds a thousand million episodes.
"""

EPISODES = 10**9  # in each range

TEST = 0  # comparisons and leaderboards; what commands begin at if no seed is given
TRAINING = TEST + EPISODES  # what policies learn or are tuned on
VALIDATION = TRAINING + EPISODES  # what chooses between tuned or learned policies


def refuse_training(seed: int, episodes: int) -> None:
    """Policies are not judged on what they may have been tuned on.

    Raises:
        ValueError: if one of the seeds `seed`, `seed + 1`, ... is a training seed.
    """
    if seed < TRAINING + EPISODES and seed + episodes > TRAINING:
        raise ValueError(
            f"seed: {seed} to {seed + episodes - 1} meets the training seeds, {TRAINING} to "
            f"{TRAINING + EPISODES - 1}, on which policies are tuned; compare on others"
        )
