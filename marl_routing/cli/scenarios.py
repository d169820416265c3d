"""`marl-routing scenarios`: what is shipped."""

import typer
from rich.table import Table

from marl_routing.cli.console import (
    JsonOption,
    ScenarioArgument,
    out,
    print_json,
    refusing_bad_input,
)
from marl_routing.scenario import list_scenarios, load_scenario

app = typer.Typer(help="List the shipped scenarios, or show one.", no_args_is_help=True)


@app.command("list")
def list_all(as_json: JsonOption = False) -> None:
    """Every scenario by name."""
    found = {name: load_scenario(name) for name in list_scenarios()}
    if as_json:
        print_json({name: scenario.description for name, scenario in found.items()})
        return
    table = Table("scenario", "agents", "categories", "steps", "description")
    for name, scenario in found.items():
        counts = (len(scenario.agents.names), len(scenario.categories), scenario.time.horizon_steps)
        table.add_row(name, *map(str, counts), scenario.description)
    out().print(table)


@app.command()
def show(scenario: ScenarioArgument, as_json: JsonOption = False) -> None:
    """One scenario in full, every default written out, as YAML that can be edited and run."""
    with refusing_bad_input():
        loaded = load_scenario(scenario)
    if as_json:
        print_json(loaded.to_dict())
    else:
        typer.echo(loaded.to_yaml(), nl=False)
