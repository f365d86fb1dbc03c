"""How the adapter of the built-in model is trained. Needs the `train` extra; nothing else imports
it."""
