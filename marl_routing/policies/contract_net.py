"""Each ticket is announced, agents bid what it would take them, the best bid gets the contract.

Smith (1980), "The contract net protocol: high-level communication and control in a distributed
problem solver", IEEE Trans. Comput. C-29.
"""

from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import LOAD, QUEUE, VALUE
from marl_routing.policies.kernels.rule import BEST_PAIR_FIRST


class ContractNet(CompiledPolicy):
    """Tickets are announced one after another, in queue order, and awarded at once.

    A bid is made of what the agent itself knows: the steps that it expects to need and, where
    these are equal, the share of its capacity that it holds. Agents do not know what is announced
    next, nor what others bid: whoever wins a ticket is gone for a later one that suits it better.
    """

    name = "contract_net"
    matcher = BEST_PAIR_FIRST
    ranking = (QUEUE, VALUE, LOAD)
