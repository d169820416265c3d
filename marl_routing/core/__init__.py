"""The desk itself: knows tickets and agents, no RL library and no YAML."""
