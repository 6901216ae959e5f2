"""How Chromium is started by the tests, and wherever its camera is a film."""

# What Playwright switches off, since of several such flags the last alone counts, and with it the suggestions under
# the address bar: each new page had a renderer of its own for them, a second of a core, and nobody types there.
_WITHOUT = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
)
FLAGS = ("--no-sandbox", "--disable-gpu", f"--disable-features={','.join(_WITHOUT)}")
