"""The recorder: what a session did, kept in memory and written to flash when the legs are vented."""
