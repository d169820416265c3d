"""The desk under the single-conversation view is a desk like any other."""

import pytest

from marl_routing.core.parameters import RESPOND
from marl_routing.envs.parallel import TicketRoutingEnv
from marl_routing.testing import check_desk_env
from marl_routing.views.conversation_desk import conversation_desk
from tests.core.test_dynamic_agreement import play
from tests.oracle.verbs import ACCEPT

INDUSTRIES = ["bfsi", "retail", "tech", "mixed"]


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_agrees_with_the_oracle(industry):
    for seed in range(15):
        play(conversation_desk(industry), seed, only=(ACCEPT, RESPOND))


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_conforms(industry):
    check_desk_env(lambda: TicketRoutingEnv(conversation_desk(industry)))
