"""What the sealed regulator does where one sensor on the manifold sees only what is joined to it."""
