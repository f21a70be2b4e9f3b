"""The nodes of recipes: each declared as data, with its evaluation beside it."""
