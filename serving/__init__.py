"""The service: explained scores, limits and profiles over HTTP and on the command line."""
