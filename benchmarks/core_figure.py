"""The core figure of whichever marl_routing is first on the path: a figure for each line read."""

import sys

from contenders import desk_batch

contender = desk_batch(1024)
contender.play()
print("ready", flush=True)
for _ in sys.stdin:
    print(contender.rate() * contender.num_agents, flush=True)
