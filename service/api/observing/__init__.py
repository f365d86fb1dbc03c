"""What an operator sees: metrics, log lines, traces. No text, key or address is in them.

In: what happens to requests. Out: numbers for Prometheus, JSON lines, OpenTelemetry spans.
Read first: `metrics.py`.
"""
