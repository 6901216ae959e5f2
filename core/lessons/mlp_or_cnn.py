"""A fully connected network against a convolutional one, on shapes that lie anywhere in the picture."""

from core.lessons.lesson import Lesson
from core.lessons.promise import Beats, Reaches

SPEC = Lesson(
    title="Every pixel, or small windows",
    about="Two networks with several layers each: one slides small windows over the picture, the other connects every "
    "pixel with everything.",
    settings={
        "dataset": "shapes",
        "architecture": "cnn_small",
        "image_size": 16,  # a quarter of the pixels: quick, and a star is still a star
        "classes": ("circle", "square", "triangle", "star", "cross"),
        "learning_rate": 0.002,  # slow and smooth, so that the verdict on A is the same for every seed
        "epochs": 14,
    },
    twins=({"architecture": "mlp_dropout", "dropout": 0.0},),
    expectation="still_improving",
    topic="levers",
    promises=(
        Beats("A", "B"),
        Reaches("A", "val_accuracy", at_least=0.63),
        Reaches("B", "val_accuracy", at_most=0.55),
    ),
    levers=("architecture", "dropout"),
    seconds=15,
    question="A looks through windows of 3 by 3 pixels. B has four layers, many more weights, and units that see every "
    "pixel. Which one names more of the new shapes?",
    choices=("A: its windows look everywhere.", "B: it sees the whole picture at once.", "Both about the same."),
    right=0,
    answer="A is far ahead, with fewer weights. What a window of A has learnt in one corner it knows in every corner, "
    "because the same window slides over the whole picture. B has to learn a corner anew for each place and each "
    "colour, and there are not enough images for that.",
    look_at="Look at the accuracy of both after the same number of epochs, and at how many weights each network has.",
    notes="Ask the class to point at the tip of the star in several pictures: it is never at the same pixel. Most bet "
    "on B, because seeing everything sounds better and it has more weights. Compare the number of weights, and say "
    "that sharing them is what makes A learn faster. Ask next: the scanned digits are all centred and of one size, so "
    "would the lead be as large there?",
    order=4,
    translations={
        "fr": {
            "title": "Tous les pixels, ou de petites fenêtres",
            "about": "Deux réseaux à plusieurs couches : l'un fait glisser de petites fenêtres sur l'image, l'autre "
            "relie chaque pixel à tout.",
            "question": "A regarde par des fenêtres de 3 pixels sur 3. B a quatre couches, bien plus de poids, et des "
            "neurones qui voient tous les pixels. Lequel reconnaît le plus de nouvelles formes ?",
            "choices": (
                "A : ses fenêtres regardent partout.",
                "B : il voit toute l'image d'un coup.",
                "À peu près autant l'un que l'autre.",
            ),
            "answer": "A est loin devant, avec moins de poids. Ce qu'une fenêtre de A a appris dans un coin, elle le "
            "sait dans tous les coins, car la même fenêtre glisse sur toute l'image. B doit réapprendre un coin pour "
            "chaque place et chaque couleur, et il n'y a pas assez d'images pour cela.",
            "look_at": "Regardez l'exactitude des deux après le même nombre d'époques, et combien de poids a chaque "
            "réseau.",
            "notes": "Demandez à la classe de montrer la pointe de l'étoile sur plusieurs images : elle n'est jamais "
            "au même pixel. La plupart misent sur B, car tout voir semble mieux et il a plus de poids. Comparez le "
            "nombre de poids, et dites que c'est leur partage qui fait apprendre A plus vite. Question suivante : les "
            "chiffres numérisés sont tous centrés et de même taille ; l'avance y serait-elle aussi grande ?",
        }
    },
)
