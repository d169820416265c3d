"""The named reward terms, in the order of the record's arrays."""

AGENT_TERMS = (
    "accept_base",
    "expertise_bonus",
    "resolution_time",
    "imbalance",
    "resolved",
    "sla_breach",
    "idle_with_backlog",
    "context_switch",
    "lost_accept",
    "illegal_action",
    "payment",
    "operation",
    "reopened",
    "satisfaction",
    "efficiency",
    "escalation",
)
# Desk terms give each agent total / num_agents. Breaches of tickets nobody holds join `sla_breach`.
DESK_TERMS = ("waiting", "abandoned", "dropped", "business_impact", "unheld_breach")

ACCEPT_BASE, EXPERTISE_BONUS, RESOLUTION_TIME, IMBALANCE, RESOLVED = range(5)
SLA_BREACH, IDLE_WITH_BACKLOG, CONTEXT_SWITCH, LOST_ACCEPT, ILLEGAL_ACTION, PAYMENT = range(5, 11)
OPERATION, REOPENED, SATISFACTION, EFFICIENCY, ESCALATION = range(11, 16)
WAITING, ABANDONED, DROPPED, BUSINESS_IMPACT, UNHELD_BREACH = range(5)

TERMS = (*AGENT_TERMS, *DESK_TERMS[:UNHELD_BREACH])
NUM_AGENT_TERMS, NUM_DESK_TERMS, NUM_TERMS = len(AGENT_TERMS), len(DESK_TERMS), len(TERMS)

MEANINGS = {
    "accept_base": "1 at a ticket's first accept",
    "expertise_bonus": "the accepting agent's expertise (0..1), at a ticket's first accept",
    "resolution_time": "expected handle steps times the priority multiplier (P .. 1), at an accept",
    "imbalance": "1 at an accept if (most - least open tickets of an agent) / capacity > 0.5",
    "resolved": "1 to the agent that resolves a ticket",
    "sla_breach": "1 for a missed resolution target (first_response_weight for a first response)",
    "idle_with_backlog": "1 for an agent with nothing in work while a ticket waits in the queue",
    "context_switch": "1 when an agent begins a ticket of another category than its last",
    "lost_accept": "1 for an accept lost to a colleague",
    "illegal_action": "1 for an action that the mask forbids (it becomes pass)",
    "payment": "the price of a ticket won by bidding",
    "operation": "the cost of a verb",
    "reopened": "1 to the agent who resolved a ticket that comes back (and `resolved` -1)",
    "satisfaction": "2 * CSAT to the agent who resolves a conversation",
    "efficiency": "0.1 + 0.4 * (1 - turns / max_turns) for a resolved conversation",
    "escalation": "1 to the agent who escalates a conversation",
    "waiting": "open tickets, every step, shared by the desk (one weight per category)",
    "abandoned": "1 for a ticket whose customer gave up, shared by the desk",
    "dropped": "1 for an arrival turned away at a full desk, shared by the desk",
    "business_impact": "0 to 1 for a conversation by tier and outcome, shared by the desk",
}
