"""What a diary can show, and what it can't: docs/decisions/0009 says why it is judged like this."""
