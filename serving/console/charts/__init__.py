"""Charts that the server draws: SVG without any script or style of its own.

Colours come from the page's style by class, so that light, dark and print need nothing else.
Every chart has a title and a description, and the page shows its figures as a table, too.
"""
