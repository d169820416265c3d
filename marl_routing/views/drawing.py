"""How views draw the desk inside: after their own steps, not after each of the desk's."""

from marl_routing.envs.parallel import TicketRoutingEnv


def draw(desk: TicketRoutingEnv, render_mode: str | None) -> str | None:
    """The desk as text: returned in mode "ansi", printed in mode "human"."""
    text = desk.render()
    if render_mode == "human":
        print(text)
        return None
    return text
