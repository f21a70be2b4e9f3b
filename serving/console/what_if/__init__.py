"""The what-if page: facts that a trader can change, and what the score would then be."""
