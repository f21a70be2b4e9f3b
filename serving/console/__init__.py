"""The risk officers' console: pages beside the interface, mounted at ``/console``."""
