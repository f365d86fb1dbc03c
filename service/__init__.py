"""Brève: French tech news in, short faithful summaries out, in French or in English."""

__version__ = "0.1.0"
