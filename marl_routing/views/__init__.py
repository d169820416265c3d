"""Other faces of the same desk, wrapped around the parallel environment."""
