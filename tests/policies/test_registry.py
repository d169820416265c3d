import pytest

from marl_routing.policies import list_policies, load_policy

SHARED = (
    "__init",
    "compiled",
    "copies",
    "dotted",
    "folders",
    "indices",
    "learned",
    "policy",
    "registry",
    "saved_model",
    "talking",
)  # no rules themselves


def test_every_rule_has_its_file(root) -> None:  # type: ignore[no-untyped-def]
    files = {path.stem.rstrip("_") for path in (root / "marl_routing" / "policies").glob("*.py")}
    assert files == {*list_policies(bidding=True, talking=True, searching=True), *SHARED}


def test_names_are_those_of_the_table() -> None:
    assert list_policies() == [
        "pass", "random", "round_robin", "least_loaded", "fcfs_longest_idle", "best_skill",
        "highest_priority", "earliest_deadline", "c_mu", "hungarian", "threshold", "lp_specialist",
        "longest_queue", "fixed_queue_ratio", "c_mu_theta", "gc_mu_queue", "gc_mu_age",
        "max_weight", "skills_timeout", "shortest_queue", "power_of_two", "least_expected_delay",
        "most_spare_capacity", "capacity_weights", "longest_since_assigned", "auction",
        "contract_net",
    ]  # fmt: skip
    assert list_policies(bidding=True) == [*list_policies(), "truthful", "shaded"]
    talkers = ["fixed", "table_greedy", "calm_then_solve"]
    assert list_policies(talking=True) == [*list_policies(), *talkers]
    assert list_policies(searching=True) == [*list_policies(), "optimised_index", "rollout"]
    for name in list_policies(bidding=True, talking=True, searching=True):
        assert load_policy(name).name == name


def test_parameters_are_read_by_their_kind() -> None:
    policy = load_policy("threshold:help_beyond=7")
    assert policy.help_beyond == 7  # type: ignore[attr-defined]
    assert policy.name == "threshold:help_beyond=7"
    assert load_policy("hungarian:pass_value=0.5").pass_value == 0.5  # type: ignore[attr-defined]
    assert load_policy("shaded:share=0.5").share == 0.5  # type: ignore[union-attr]
    assert load_policy("threshold").help_beyond == 6  # type: ignore[attr-defined]
    assert load_policy("skills_timeout:minutes=7.5:within=2").within == 2.0  # type: ignore[union-attr]
    assert load_policy("fixed:strategy=upsell").strategy == "upsell"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("c_nu", "no policy is called 'c_nu'; expected one of pass, random"),
        ("", "no policy is called ''"),
        ("c_mu:speed=1", "policy c_mu: no parameter 'speed'; expected none"),
        ("threshold:beyond=1", "no parameter 'beyond'; expected help_beyond"),
        ("threshold:help_beyond=1.5", "help_beyond must be a finite int, not '1.5'"),
        ("threshold:help_beyond", "help_beyond must be a finite int, not ''"),
        ("hungarian:pass_value=nan", "pass_value must be a finite float, not 'nan'"),
        ("skills_timeout:minutes=-1", "minutes must be at least 0, not -1.0"),
        ("skills_timeout:within=0.9", "within must be at least 1, not 0.9"),
        ("fixed:strategy=shout", "strategy must be one of empathetic, technical"),
    ],
)
def test_bad_texts_are_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match="policy") as caught:
        load_policy(text)
    assert sentence in str(caught.value)


def test_what_is_no_text_is_refused_too() -> None:
    with pytest.raises(ValueError, match="policy: expected a name, got None"):
        load_policy(None)  # type: ignore[arg-type]
