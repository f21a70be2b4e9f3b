"""What a limit rests on, each term by itself: haircut, eligible lot, need, lines."""
