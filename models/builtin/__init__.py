"""The built-in models, made once of what a package registry carries: Gemma 3 270M with our adapter,
and opus-mt-fr-en."""
