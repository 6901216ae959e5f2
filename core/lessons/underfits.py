"""Underfitting: the fitting network again, squeezed until it is too small for its images."""

from core.lessons.lesson import Lesson

SPEC = Lesson(
    title="It underfits",
    about="A quarter of the filters, two dense units, half of the time switched off: too small and too restrained to "
    "tell ten digits apart, however long it trains.",
    settings={
        "dataset": "digits",
        "architecture": "cnn_small",
        "filter_multiplier": 0.25,
        "dense_units": 2,  # every image must pass through two numbers
        "dropout": 0.5,
        "learning_rate": 0.01,  # so that it is level within the minute
        "epochs": 60,
    },
    expectation="underfitting",
    levers=("dense_units", "filter_multiplier", "dropout"),
    seconds=16,
    question="This network may keep only two numbers of each digit before it answers. What will its two curves do?",
    choices=(
        "Both losses come down a little and stay high, close together.",
        "The training loss falls to nothing, and the validation loss rises.",
        "Both losses fall close to nothing, it only takes longer.",
    ),
    right=0,
    answer="Both losses level out high above nothing. Two numbers are too few to keep ten digits apart, so the network "
    "gets even its own training images wrong. That is underfitting: there is no gap between the curves, and more "
    "epochs change nothing.",
    look_at="Look at the training curve, not at the gap: it stops falling while many of the training images are still "
    "wrong.",
    notes="Ask for a guess before you start, then let it run to the end. Pupils often say that it just needs more "
    "time: ask how the curve would have to look for that to be true, and show how flat it is. Then let them change one "
    "thing. Raising the dense units from 2 to 64 helps most. Ask next: how could you tell from the curves that a "
    "network is too small, without knowing how it is built?",
    order=1,
    translations={
        "fr": {
            "title": "Sous-apprentissage",
            "about": "Un quart des filtres, deux neurones denses, la moitié du temps désactivés : trop petit et trop "
            "bridé pour distinguer dix chiffres, même avec beaucoup d'époques.",
            "question": "Ce réseau ne peut garder que deux nombres de chaque chiffre avant de répondre. Que feront ses "
            "deux courbes ?",
            "choices": (
                "Les deux pertes baissent un peu et restent élevées, proches l'une de l'autre.",
                "La perte d'entraînement tombe à presque rien, et la perte de validation monte.",
                "Les deux pertes tombent à presque rien, il faut seulement plus de temps.",
            ),
            "answer": "Les deux pertes se stabilisent bien au-dessus de zéro. Deux nombres ne suffisent pas à séparer "
            "dix chiffres, et le réseau se trompe même sur ses propres images d'entraînement. C'est le "
            "sous-apprentissage : il n'y a pas d'écart entre les courbes, et davantage d'époques n'y changent rien.",
            "look_at": "Regardez la courbe d'entraînement, pas l'écart : elle cesse de descendre alors que beaucoup "
            "d'images d'entraînement sont encore fausses.",
            "notes": "Demandez un pronostic avant de lancer, puis laissez aller jusqu'au bout. Les élèves disent "
            "souvent qu'il faut juste plus de temps : demandez quelle allure la courbe devrait avoir pour que ce soit "
            "vrai, et montrez combien elle est plate. Faites ensuite changer un seul réglage. Passer de 2 à 64 "
            "neurones denses aide le plus. Question suivante : comment voir sur les courbes qu'un réseau est trop "
            "petit, sans savoir comment il est construit ?",
        }
    },
)
