"""What a person can do about each fault, in a sentence."""

HELP = {
    "E01": "A chamber stood above its target. Does its vent open freely? Does anybody lean on the boot?",
    "E02": "A chamber was far above every target. Have its vent and the relief valve checked first.",
    "E11": "A sensor reads what no pressure can make it read. Check its plug and its supply.",
    "E12": "A sensor doesn't answer. Check its cable, and its place on the multiplexer.",
    "E13": "A sensor isn't at zero with the vents open. Lie still; if it comes again, calibrate it.",
    "E21": "A chamber takes air without filling. Close its zip, check its hose.",
    "E31": "A chamber keeps its pressure with the vent open. Look for a kinked hose; open the boot by hand.",
    "E41": "The controller was busy for too long. Start again; if it repeats, report it with the log.",
    "E42": "The session was longer than any may be. Start again.",
}
