"""What each KPI is: unit and definition, in the order of `env.metrics()` and `env.headline()`."""

KPIS = {
    "tickets": (
        "tickets",
        "measured tickets that came in; without a warm-up the initial backlog too",
    ),
    "resolved": ("tickets", "of these, resolved"),
    "abandoned": ("tickets", "of these, left because the customer's patience ended"),
    "dropped": ("tickets", "of these, turned away on arrival at a full desk or queue"),
    "unfinished": ("tickets", "of these, still open"),
    "abandonment": ("share", "abandoned / tickets"),
    "drop_rate": ("share", "dropped / tickets"),
    "backlog_mean": ("tickets", "open tickets (queued or held) after the actions, mean over ticks"),
    "queue_mean": ("tickets", "queued tickets after the actions, mean over ticks"),
    "backlog_end": ("tickets", "open tickets now, whenever they arrived"),
    "wait_to_accept_minutes": (
        "minutes",
        "arrival to the first accept (or to abandonment before it), mean over these tickets",
    ),
    "wait_to_accept_minutes_accepted": ("minutes", "the same over accepted tickets only"),
    "wait_to_start_minutes": (
        "minutes",
        "arrival to the begin of the first step of service, mean over tickets begun or abandoned",
    ),
    "wait_to_start_minutes_started": ("minutes", "the same over tickets begun only"),
    "resolution_minutes_mean": ("minutes", "arrival to resolution, mean over resolved tickets"),
    "resolution_minutes_median": (
        "minutes",
        "the least time within which half of the resolved tickets were resolved",
    ),
    "resolution_minutes_p90": ("minutes", "likewise 90 %"),
    "resolution_minutes_p95": ("minutes", "likewise 95 %"),
    "sla_first_response": (
        "share",
        "first-response targets met / (met + breached + lost before either)",
    ),
    "sla_resolution": ("share", "resolution targets met / (met + breached + lost before either)"),
    "breaches": ("tickets", "resolution targets missed, and every drop"),
    "first_response_breaches": ("tickets", "first-response targets missed; drops are not in it"),
    "occupancy": (
        "share",
        "tickets in work / concurrency, mean over ticks on shift and over agents that were there",
    ),
    "occupancy_by_agent": ("shares", "the same for each agent"),
    "resolved_by_agent": ("tickets", "measured tickets that each agent resolved"),
    "load_gini": ("0 to 1", "Gini coefficient of the agents' tickets in work; 0: all equal"),
    "expertise_match": (
        "0 to 1",
        "expertise of the first agent to accept, mean over accepted tickets",
    ),
    "lost_accepts": ("accepts", "accepts lost to a colleague, in the whole episode"),
    "illegal_actions": ("actions", "actions that the mask forbids, in the whole episode"),
    "context_switches": ("switches", "in the whole episode"),
    "handed_over": ("tickets", "given to a colleague at the end of a shift, in the whole episode"),
    "requeued": ("tickets", "queued again at the end of a shift, in the whole episode"),
    "reward": ("reward", "sum over agents and measured ticks, the user's own terms included"),
    "reward_per_step": ("reward", "reward / measured ticks"),
    "term_*": (
        "term",
        "a raw reward term, summed over agents and measured ticks (sla_breach: with the drops)",
    ),
    "arrivals": ("tickets", "tickets that arrived in the whole episode, dropped ones included"),
    "initial": ("tickets", "the initial backlog"),
    "by_priority": ("", "`sla_resolution` and `resolution_minutes_*` of each priority, by name"),
    "by_category": ("", "`resolution_minutes_*` of each category, by name"),
}

HEADLINE = {
    "avg_resolution_time": ("minutes", "`resolution_minutes_mean`"),
    "sla_attainment": ("share", "`sla_resolution`"),
    "backlog": ("tickets", "`backlog_end`"),
    "occupancy": ("share", "tickets in work / concurrency of those on shift, mean over ticks"),
    "arrivals": ("tickets", "of the whole episode, warm-up included"),
    "resolved": ("tickets", "of the whole episode, warm-up included"),
    "abandoned": ("tickets", "of the whole episode, warm-up included"),
    "dropped": ("tickets", "of the whole episode, warm-up included"),
    "illegal_actions": ("actions", "in the whole episode"),
}
