"""Runs the app; whatever ends it, the legs are vented before anything else happens."""

import boot


def main() -> None:
    cause = None
    try:
        from soleus import app

        app.run(boot)
    except BaseException as error:
        cause = error
    rest_surely()
    from soleus.services import way_out

    way_out.leave(cause)


def rest_surely() -> None:
    """A second Ctrl-C must not come between the first one and the vents."""
    while True:
        try:
            return boot.rest()
        except KeyboardInterrupt:
            pass


main()
