"""All enterprises at all as-of points: tables made in parts, by whoever runs the tasks."""
