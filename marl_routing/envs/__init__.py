"""Where PettingZoo enters: the desk as parallel and AEC environments, and as a batch of arrays."""
