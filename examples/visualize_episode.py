"""Watch a desk as text, every half hour of a morning."""

from marl_routing import ticket_routing_v0
from marl_routing.evaluation import play
from marl_routing.policies import load_policy


def main(hours: int = 2) -> None:
    env = ticket_routing_v0.parallel_env(scenario="small_desk", render_mode="ansi")
    policy = load_policy("threshold:help_beyond=2")
    for minutes in range(30, 60 * hours + 1, 30):
        play(env, policy, seed=7, max_steps=minutes)  # the same seed is the same morning
        print(env.render(), end="\n\n")


if __name__ == "__main__":
    main()
