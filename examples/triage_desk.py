"""Triage an engineering desk with a rule of one's own, and with the shipped one: what paid."""

import numpy as np

from marl_routing.views.triage import VERBS, Action, Masks, Observation, TicketTriage
from marl_routing.views.triage_observation import TICKET_FIELDS
from marl_routing.views.triage_rules import Rule, triage_rule

ASSIGN, NOOP = VERBS.index("assign"), VERBS.index("noop")
HOLDER = list(TICKET_FIELDS).index("holder")


def first_come(observation: Observation, possible: Masks) -> Action:
    """The first ticket of the queue to the first engineer who may take it."""
    queued = observation["tickets"][:, HOLDER] == 0
    choices = np.argwhere(possible[ASSIGN] * queued[:, None])
    return np.array([ASSIGN, *choices[0]] if len(choices) else [NOOP, 0, 0])


def play(env: TicketTriage, rule: Rule, seed: int) -> dict[str, float]:
    """One episode: what each term of the reward paid."""
    observation, info = env.reset(seed=seed)
    paid: dict[str, float] = info["reward_terms"]
    truncated = False
    while not truncated:
        action = rule(observation, env.operation_masks())
        observation, _, _, truncated, info = env.step(action)
        paid = {term: paid[term] + amount for term, amount in info["reward_terms"].items()}
    return paid


def main(seed: int = 7) -> None:
    env = TicketTriage()
    for rule in (first_come, triage_rule):
        paid = play(env, rule, seed)
        print(f"{rule.__name__}: reward {sum(paid.values()):.1f}")
        for term, amount in paid.items():
            print(f"  {term:18} {amount:6.2f}")


if __name__ == "__main__":
    main()
