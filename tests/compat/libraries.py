"""Every library that the environment is known to train with: what `python -m tests.compat` runs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Library:
    """One way of one library into the environment.

    Attributes:
        name: what the command line calls it.
        title: for people.
        packages: whose versions are told, the library itself first.
        face: of the environment, that it trains on.
        masks: how they reach it, or why they do not.
        example: file in examples/, without its ending; `marl_routing.training.trial` runs it.
        options: with which the example is run.
        pins: requirements of an environment of its own, named after the example; none: it lives in
            the project's (extra `libraries`), and the tests run its example.
        steps: agent-steps of the run that measures how fast it trains.
    """

    name: str
    title: str
    packages: tuple[str, ...]
    face: str
    masks: str
    example: str
    options: tuple[str, ...] = ()
    pins: tuple[str, ...] = ()
    steps: int = 100_000


def _benchmarl(algorithm: str) -> Library:
    return Library(
        name=f"benchmarl_{algorithm}",
        title=f"BenchMARL, {algorithm.upper()}",
        packages=("benchmarl", "torchrl"),
        face="vector: `adapters.BenchmarlTask`",
        masks='`("agents", "action_mask")`',
        example="train_benchmarl",
        options=("--algorithm", algorithm),
        pins=("benchmarl==1.5.2", "torchrl==0.11.1", "torch==2.13.0"),
    )


LIBRARIES = (
    Library(
        name="sb3_contrib",
        title="sb3-contrib, MaskablePPO",
        packages=("sb3-contrib", "stable-baselines3"),
        face="vector: `SharedPolicyVecEnv`",
        masks="`action_masks()`",
        example="train_shared_policy",
        steps=300_000,
    ),
    Library(
        name="supersuit",
        title="Stable-Baselines3 through SuperSuit, PPO",
        packages=("stable-baselines3", "supersuit"),
        face="PettingZoo parallel",
        masks="none: an illegal action passes",
        example="train_supersuit",
        steps=300_000,
    ),
    Library(
        name="torchrl",
        title="TorchRL, MAPPO with a critic on `state()`",
        packages=("torchrl", "tensordict"),
        face="vector: `adapters.TorchRLEnv`",
        masks='`("agents", "action_mask")`',
        example="train_torchrl",
        steps=500_000,
    ),
    Library(
        name="tianshou",
        title="Tianshou, PPO",
        packages=("tianshou",),
        face="vector: `adapters.TianshouVectorEnv`",
        masks="`mask` of the observations",
        example="train_tianshou",
        steps=500_000,
    ),
    Library(
        name="cleanrl",
        title="PPO in one file, as CleanRL writes it",
        packages=("torch", "gymnasium"),
        face="Gymnasium vector: `SharedPolicyVectorEnv`",
        masks='`infos["action_mask"]`',
        example="train_cleanrl",
        steps=500_000,
    ),
    Library(
        name="rllib",
        title="RLlib, PPO on its new API stack",
        packages=("ray", "gymnasium"),
        face="`MultiAgentEnv`: `adapters.RllibDesk`",
        masks="`action_mask` of the observations",
        example="train_rllib",
        pins=("ray[rllib]==2.60.0", "torch==2.13.0"),
        steps=300_000,
    ),
    _benchmarl("mappo"),
    _benchmarl("ippo"),
    _benchmarl("qmix"),
    Library(
        name="agilerl",
        title="AgileRL, PPO",
        packages=("agilerl", "pettingzoo"),
        face="Gymnasium vector: `SharedPolicyVectorEnv`",
        masks='`infos["action_mask"]`',
        example="train_agilerl",
        pins=("agilerl==2.58.0", "peft==0.21.2", "pettingzoo<1.27", "torch==2.13.0"),
    ),
)
BY_NAME = {library.name: library for library in LIBRARIES}
