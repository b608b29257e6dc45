"""Before a session, with the boots on: a little air tells whether they are on as they should be."""
