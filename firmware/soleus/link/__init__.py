"""The console link: requests in, answers out."""
