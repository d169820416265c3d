"""Rules as compiled code: what they see, how they rank and match, and whole episodes."""
