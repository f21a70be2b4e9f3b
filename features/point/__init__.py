"""Features of one enterprise at one point: recipes written as a program, which one pass follows."""
