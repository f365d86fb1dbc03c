"""The page: static files, without a build step. `service.api.page` serves them."""
