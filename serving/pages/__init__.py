"""Pages for people, made by the server and complete without a network."""
