"""Seeds of episodes, in ranges that do not overlap: what is tuned on some is judged on others.

An episode's seed is its range's first plus its place, so a range holds a thousand million episodes.
"""

EPISODES = 10**9  # in each range

TEST = 0  # comparisons and leaderboards; what commands begin at if no seed is given
TRAINING = TEST + EPISODES  # what policies learn or are tuned on
VALIDATION = TRAINING + EPISODES  # what chooses between tuned or learned policies
