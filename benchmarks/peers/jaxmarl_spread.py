"""JaxMARL's simple_spread, 10 agents in each of 1024 worlds, on the CPU, random actions."""

import jax
import jaxmarl
from turns import take_turns

WORLDS, AGENTS, STEPS = 1024, 10, 25

env = jaxmarl.make("MPE_simple_spread_v3", num_agents=AGENTS, num_landmarks=AGENTS)
_, worlds = jax.vmap(env.reset)(jax.random.split(jax.random.key(0), WORLDS))


def draw(key):
    """Random actions, (STEPS, WORLDS) of each agent."""
    keys = jax.random.split(key, AGENTS)
    return {
        agent: jax.random.randint(one, (STEPS, WORLDS), 0, 5)
        for agent, one in zip(env.agents, keys, strict=True)
    }


@jax.jit
def run(worlds, tape):
    """All steps; observations and rewards are summed up, so that they are really made."""

    def step(worlds, turn):
        actions, key = turn
        keys = jax.random.split(key, WORLDS)
        seen, worlds, rewards, _, _ = jax.vmap(env.step)(keys, worlds, actions)
        total = sum(leaf.sum() for leaf in jax.tree.leaves((seen, rewards)))
        return worlds, total

    keys = jax.random.split(jax.random.key(1), STEPS)
    return jax.lax.scan(step, worlds, (tape, keys))


tape = draw(jax.random.key(2))


def play() -> int:
    jax.block_until_ready(run(worlds, tape))
    return STEPS * WORLDS * AGENTS


take_turns(play)
