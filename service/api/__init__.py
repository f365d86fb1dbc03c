"""The HTTP service; `service.api.app` makes the application. Nothing is imported here: some need one part only."""
