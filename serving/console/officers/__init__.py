"""Officers: who may sign in to the console, for which lender and in which role."""
