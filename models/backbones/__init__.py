"""Networks that were trained before, to begin from: one file each, its layers; `core.backbones` finds the weights."""
