"""Cases: of each enterprise that a lender has scored, its newest score and the former one."""
