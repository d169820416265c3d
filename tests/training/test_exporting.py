"""A model as an ONNX file: read back, it does what `Learned` does."""

from pathlib import Path

import numpy as np
import pytest

from marl_routing.policies.learned import Learned
from marl_routing.training import Learner, save_model, train
from marl_routing.training.exporting import export_onnx
from tests.training.test_mappo import DESK, ROLLOUT, TINY


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, learner = tmp_path_factory.mktemp("model"), Learner.on(DESK, TINY)
    list(train(learner, 4 * ROLLOUT))
    save_model(learner, folder)
    return folder


@pytest.fixture(scope="module")
def file(model: Path) -> Path:
    pytest.importorskip("onnxscript")
    export_onnx(model, model / "actor.onnx")
    return model / "actor.onnx"


def test_it_does_what_the_policy_does(model: Path, file: Path) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    policy, rng = Learned(str(model)), np.random.default_rng(0)
    width, _, actions = policy._shape
    for number in (1, 2, 300):
        rows = rng.uniform(-1, 1, (number, width)).astype(np.float32)
        legal = rng.random((number, actions)) < 0.5
        legal[:, 0], legal[0, 1:] = True, False
        (told,) = session.run(["logits"], {"rows": rows, "legal": legal})
        expected = np.where(legal, policy.logits(rows), -1e9)
        np.testing.assert_array_equal(told.argmax(1), expected.argmax(1))
        expected -= np.log(np.exp(expected).sum(1, keepdims=True))
        np.testing.assert_allclose(told[legal], expected[legal], atol=1e-4)


def test_it_names_no_file_of_the_machine(file: Path) -> None:
    assert b".py" not in file.read_bytes()


def test_refusals(tmp_path: Path) -> None:
    pytest.importorskip("onnxscript")
    with pytest.raises(ValueError, match="expected the folder of a saved model"):
        export_onnx(tmp_path, tmp_path / "actor.onnx")
    (tmp_path / "model.json").write_text('{"algorithm": "ppo", "view": "parallel"}')
    with pytest.raises(ValueError, match=r"expected a model of mappo, .* has ppo"):
        export_onnx(tmp_path, tmp_path / "actor.onnx")
    assert not (tmp_path / "actor.onnx").exists()
