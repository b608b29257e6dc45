"""Files on the flash: settings, programs, what was learned."""
