"""What the shipped scenarios are for: coordination pays."""

from marl_routing.evaluation import compare

EPISODES = 12


def test_nested_skills_ruin_greedy_rules() -> None:
    greedy = ["best_skill", "hungarian", "threshold"]
    result = compare("nested_085", ["lp_specialist", "fcfs_longest_idle", *greedy], EPISODES)
    assert result.ranking[0] == "lp_specialist"
    for policy in greedy:
        assert result.interval(policy).mean < 1.3 * result.interval("lp_specialist").mean
        assert result.difference(policy).high < 0


def test_a_chain_of_skills_ruins_rules_that_ignore_them() -> None:
    result = compare("chain_085", ["lp_specialist", "threshold", "fcfs_longest_idle"], EPISODES)
    assert result.ranking == ["lp_specialist", "threshold", "fcfs_longest_idle"]
    assert result.difference("threshold").high < 0
    assert result.interval("fcfs_longest_idle").mean < 10 * result.interval("lp_specialist").mean
