"""`marl-routing export`: a learned policy in a form that other programs play."""

from pathlib import Path
from typing import Annotated

import typer

from marl_routing.cli.console import err, refusing_bad_input
from marl_routing.cli.saving import require_writable


def export(
    model: Annotated[Path, typer.Argument(help="Folder of a model that `train` saved.")],
    onnx: Annotated[Path, typer.Option("--onnx", help="Write the network to this file.")],
) -> None:
    """Write a learned policy as an ONNX file."""
    with refusing_bad_input():
        require_writable(onnx, "--onnx")
        try:
            from marl_routing.training.exporting import export_onnx
        except ImportError as error:
            raise ValueError("export needs PyTorch: pip install 'marl-routing[onnx]'") from error
        with err.status("Exporting ..."):
            export_onnx(model, onnx)
    err.print(f"Saved {onnx}.", soft_wrap=True, highlight=False)
