"""What the page shows of the guards: what each is for, and how near it is to its limit."""
