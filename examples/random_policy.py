"""One working day of random legal actions on the default desk, through the parallel environment."""

from marl_routing import ticket_routing_v0


def main() -> None:
    env = ticket_routing_v0.parallel_env(scenario="saas_balanced", action_mask="info")
    _, infos = env.reset(seed=42)
    for i, agent in enumerate(env.possible_agents):
        env.action_space(agent).seed(i)
    while env.agents:
        actions = {
            agent: env.action_space(agent).sample(infos[agent]["action_mask"])
            for agent in env.agents
        }
        _, _, _, _, infos = env.step(actions)
    kpis = env.metrics()
    print(f"{kpis['resolved']} of {kpis['tickets']} tickets resolved, reward {kpis['reward']:.0f}")


if __name__ == "__main__":
    main()
