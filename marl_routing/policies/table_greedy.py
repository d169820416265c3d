"""Say what is expected to do most good in this turn, by the industry's own tables."""

from marl_routing.policies.kernels.rule import TABLE_GREEDY
from marl_routing.policies.talking import TalkingPolicy


class TableGreedy(TalkingPolicy):
    """Looks one turn ahead, by probabilities that a learner has to find out.

    A conversation that goes on counts as what resolving it in this turn would pay, times the share
    of the way that is done: progress, and calm as one step more. One that ends counts as what the
    end pays the whole desk, by the reward's weights of satisfaction, efficiency, business impact,
    escalations and abandoned tickets. It overlooks all else: deadlines, the queue, tickets that
    come back, and what the next agent makes of an escalated one.
    """

    name = "table_greedy"
    speaker = TABLE_GREEDY
