"""How fast the desk is: `marl-routing bench`."""
