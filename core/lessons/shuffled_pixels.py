"""Why convolution: where neighbouring pixels no longer belong together, a convolutional network loses its lead."""

from core.lessons.lesson import Lesson
from core.lessons.promise import Reaches

SPEC = Lesson(
    title="Pixels shuffled",
    about="The pixels of every picture are moved to other places, the same in each. Nothing is lost. Which network "
    "minds?",
    settings={
        "dataset": "shapes",
        "architecture": "cnn_small",
        "classes": ("circle", "square", "triangle", "star", "cross"),
        "image_size": 16,  # that of the shuffled ones
        "learning_rate": 0.002,  # slow and smooth, so that the verdict on A is the same for every seed
        "epochs": 14,
    },
    twins=(
        {"dataset": "shapes_shuffled"},
        {"architecture": "mlp_dropout"},
        {"dataset": "shapes_shuffled", "architecture": "mlp_dropout"},
    ),
    expectation="still_improving",
    topic="data",
    promises=(
        Reaches("A", "val_accuracy", at_least=0.63),
        Reaches("B", "val_accuracy", at_most=0.56),
        Reaches("C", "val_accuracy", at_most=0.45),
        Reaches("D", "val_accuracy", at_most=0.45),
    ),
    levers=("dataset", "architecture"),
    seconds=32,
    question="A and B are the same convolutional network: small windows that slide over the picture. A gets the shapes "
    "as they are, B with their pixels shuffled. Every pixel is still there. How does B do?",
    choices=(
        "As well as A: it gets the same numbers.",
        "Clearly worse than A.",
        "Better than A: shuffling makes it learn more thoroughly.",
    ),
    right=1,
    answer="B is clearly worse than A. A convolution looks at pixels that lie side by side, and expects edges and "
    "corners there; after the shuffling there are none. C and D are fully connected: they never knew which pixels are "
    "neighbours, so they do about as badly either way. What makes A strong is that it takes closeness to mean "
    "something.",
    look_at="Look at the pictures of both datasets first: to you, too, the shuffled ones are noise. Then compare the "
    "lead of A over C with that of B over D.",
    notes="Let the class try to name a few shuffled shapes; nobody can, although it is the same picture. Many say that "
    "a computer only sees numbers and cannot mind: that is true of C and D. B still finds something, because how many "
    "pixels have which colour is not changed by moving them. Ask what a convolution takes for granted, and for which "
    "data that is wrong, such as the columns of a table. Uploaded pictures and drawings are not recognised by B: "
    "nobody shuffles them.",
    order=3,
    translations={
        "fr": {
            "title": "Pixels mélangés",
            "about": "Les pixels de chaque image sont déplacés, toujours de la même façon. Rien n'est perdu. Quel "
            "réseau en souffre ?",
            "question": "A et B sont le même réseau convolutif : de petites fenêtres glissent sur l'image. A reçoit "
            "les formes telles quelles, B les formes aux pixels mélangés. Tous les pixels sont encore là. Que fait B ?",
            "choices": (
                "Aussi bien que A : il reçoit les mêmes nombres.",
                "Nettement moins bien que A.",
                "Mieux que A : le mélange le fait apprendre plus à fond.",
            ),
            "answer": "B est nettement moins bon que A. Une convolution regarde des pixels côte à côte et y attend des "
            "bords et des coins ; après le mélange, il n'y en a plus. C et D sont entièrement connectés : ils n'ont "
            "jamais su quels pixels sont voisins, et leurs résultats sont à peu près aussi faibles dans les deux cas. "
            "Ce qui fait la force de A, c'est que pour lui la proximité a un sens.",
            "look_at": "Regardez d'abord les images des deux jeux de données : pour vous aussi, les formes mélangées "
            "ne sont que du bruit. Comparez ensuite l'avance de A sur C et celle de B sur D.",
            "notes": "Faites essayer de nommer quelques formes mélangées ; personne n'y arrive, alors que c'est la "
            "même image. Beaucoup disent qu'un ordinateur ne voit que des nombres et ne peut pas en souffrir : c'est "
            "vrai de C et D. B trouve encore quelque chose, car le nombre de pixels de chaque couleur ne change pas "
            "quand on les déplace. Demandez ce qu'une convolution suppose, et pour quelles données c'est faux, comme "
            "les colonnes d'un tableau. B ne reconnaît ni les images importées ni les dessins : personne ne les "
            "mélange.",
        }
    },
)
