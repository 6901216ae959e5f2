"""L2: large weights cost something, so the network is kept from answers that are surer than its images allow."""

from core.lessons.lesson import Lesson
from core.lessons.promise import Beats

SPEC = Lesson(
    title="Cure: a price on large weights",
    about="L2 adds a fee for every large weight to the loss. One network pays it, its twin does not.",
    settings={
        "dataset": "shapes",
        "architecture": "cnn_small",
        "dropout": 0.0,
        "dense_units": 128,  # twice the usual: room to learn five hundred pictures by heart
        "image_size": 16,  # a quarter of the pixels: quick, and a star is still a star
        "classes": ("circle", "square", "triangle", "star", "cross"),
        "train_images": 500,
        "learning_rate": 0.005,
        "epochs": 50,
        "restore_best_weights": False,  # the network of the last epoch is asked, so that overfitting shows
    },
    twins=({"l2": 0.003},),
    expectation="overfitting",
    topic="cures",
    promises=(Beats("B", "A", "loss"),),
    levers=("l2",),
    seconds=25,
    question="B pays a small fee for every weight, the more the larger the weight. What becomes of its validation "
    "loss?",
    choices=(
        "It ends higher: the network thinks of two things at once.",
        "It ends lower: B is kept from being too sure.",
        "The same: the fee only makes it slower.",
    ),
    right=1,
    answer="The validation loss of B ends clearly lower. To be completely sure of every training picture, a network "
    "needs large weights, and B finds that too expensive. Its answers stay more moderate, and where it is wrong on new "
    "pictures, it is wrong with less certainty, which the loss rewards.",
    look_at="Look at the training loss of A, which runs to zero, and at that of B, which does not. The validation "
    "losses stand the other way round.",
    notes="The fee is the square of each weight times a small number: let the class work out what a weight of 0.1 and "
    "one of 10 cost. Many think that a second goal can only harm the first. Show that B is worse only on the pictures "
    "it has seen. Accuracy may hardly change: what L2 mends here is the certainty of wrong answers. Let groups try "
    "0.0003 and 0.03, one too weak and one too strong. Ask next: what do dropout, L2 and augmentation have in common?",
    order=5,
    translations={
        "fr": {
            "title": "Remède : taxer les grands poids",
            "about": "L2 ajoute à la perte une taxe sur chaque grand poids. Un réseau la paie, son jumeau non.",
            "question": "B paie une petite taxe pour chaque poids, d'autant plus que le poids est grand. Que devient "
            "sa perte de validation ?",
            "choices": (
                "Elle finit plus haut : le réseau pense à deux choses à la fois.",
                "Elle finit plus bas : B est empêché d'être trop sûr.",
                "La même : la taxe le rend seulement plus lent.",
            ),
            "answer": "La perte de validation de B finit nettement plus bas. Pour être tout à fait sûr de chaque image "
            "d'entraînement, un réseau a besoin de grands poids, et B les trouve trop chers. Ses réponses restent plus "
            "modérées, et quand il se trompe sur de nouvelles images, il se trompe avec moins de certitude, ce que la "
            "perte récompense.",
            "look_at": "Regardez la perte d'entraînement de A, qui va vers zéro, et celle de B, qui n'y va pas. Les "
            "pertes de validation sont dans l'ordre inverse.",
            "notes": "La taxe est le carré de chaque poids, multiplié par un petit nombre : faites calculer ce que "
            "coûtent un poids de 0,1 et un poids de 10. Beaucoup pensent qu'un second but ne peut que nuire au "
            "premier. Montrez que B n'est moins bon que sur les images qu'il a vues. L'exactitude change parfois à "
            "peine : ce que L2 répare ici, c'est la certitude des mauvaises réponses. Laissez les groupes essayer "
            "0,0003 et 0,03, l'un trop faible, l'autre trop fort. Question suivante : qu'ont en commun le dropout, L2 "
            "et l'augmentation ?",
        }
    },
)
