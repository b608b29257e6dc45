"""What a person can do about each fault, in a sentence."""

HELP = {
    "E01": "A chamber stood above its target. Does its vent open freely? Does anybody lean on the boot?",
    "E02": "A chamber was far above every target. Have its vent and the relief valve checked first.",
    "E03": "A chamber was under pressure for too long. Have its vent checked, and report it with the log.",
    "E11": "A sensor reads what no pressure can make it read. Check its plug and its supply.",
    "E12": "A sensor doesn't answer. Check its cable, and its place on the multiplexer.",
    "E13": "A sensor isn't at zero with the vents open. Lie still; if it comes again, calibrate it.",
    "E14": "A sensor doesn't move while its chamber fills. Check its tube and its plug.",
    "E15": "A sensor jumps about. Check its plug, and keep its cable away from the pump's.",
    "E16": "Sensors of joined chambers disagree. Calibrate them; replace the one that is off.",
    "E21": "A chamber takes air without filling. Close its zip, check its hose.",
    "E22": "Air doesn't get into a chamber. Look for a kinked hose.",
    "E23": "A chamber leaks. Check its hose, its plug and its seams.",
    "E31": "A chamber keeps its pressure with the vent open. Look for a kinked hose; open the boot by hand.",
    "E32": "A chamber rises with its fill valve closed. Have that valve cleaned or replaced.",
    "E41": "The controller was busy for too long. Start again; if it repeats, report it with the log.",
    "E42": "The session was longer than any may be. Start again.",
    "E43": "The controller's clock stands still. Switch off and on; if it repeats, replace the controller.",
    "E51": "The pump runs when told not to. Unplug it: its transistor is probably shorted.",
    "E61": "The supply is too low. Charge the battery, or check the adapter and its plug.",
}
