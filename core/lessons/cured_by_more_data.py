"""More images: the same network and the same time, with seven times as many digits to learn from."""

from core.lessons.lesson import Lesson
from core.lessons.promise import Beats

SPEC = Lesson(
    title="Cure: more images",
    about="The same network with the same settings learns once from a hundred digits, once from seven hundred.",
    settings={
        "dataset": "digits",
        "architecture": "mlp_dropout",
        "dropout": 0.0,
        "train_images": 100,
        "validation_fraction": 0.5,  # leaves 719 to learn from, and as many make even small differences certain
        "learning_rate": 0.005,
        "epochs": 80,  # A knows its hundred by heart after a fifth of that
        "restore_best_weights": False,  # the network of the last epoch is asked, so that overfitting shows
    },
    twins=({"train_images": 700},),
    expectation="overfitting",
    topic="cures",
    promises=(Beats("B", "A"), Beats("B", "A", "loss")),
    levers=("train_images",),
    seconds=13,
    question="A learns from 100 digits, B from 700, for as many epochs. Which one is better on new digits?",
    choices=(
        "A: it can learn each of its digits more thoroughly.",
        "B: it has seen more ways to write them.",
        "No difference: both get all their training digits right.",
    ),
    right=1,
    answer="B is better, although both get practically all their own training digits right. With ten examples of each "
    "digit, many wrong rules fit as well as the right one; with seventy, most of the wrong ones fail. More images of "
    "the same kind are the surest cure, and usually the most expensive.",
    look_at="Look at the gap between the two losses: it is wide in A and narrow in B, while both training losses end "
    "near zero.",
    notes="Start with A and let the class describe the gap. Some will say that learning fewer things thoroughly is "
    "better; that is true of vocabulary, and not of rules. Ask what ten sevens have in common that has nothing to do "
    "with sevens, such as one person's handwriting. Then show B. Let groups try 50, 200 and 400 images and draw "
    "accuracy over number: it rises ever more slowly. Ask next: what if nobody can get more images?",
    order=2,
    translations={
        "fr": {
            "title": "Remède : plus d'images",
            "about": "Le même réseau, avec les mêmes réglages, apprend une fois avec cent chiffres, une fois avec "
            "sept cents.",
            "question": "A apprend avec 100 chiffres, B avec 700, pendant autant d'époques. Lequel est meilleur sur de "
            "nouveaux chiffres ?",
            "choices": (
                "A : il peut apprendre chaque chiffre plus à fond.",
                "B : il a vu plus de façons de les écrire.",
                "Aucune différence : les deux ont juste sur tous leurs chiffres d'entraînement.",
            ),
            "answer": "B est meilleur, bien que les deux reconnaissent pratiquement tous leurs chiffres "
            "d'entraînement. Avec dix exemples de chaque chiffre, beaucoup de fausses règles conviennent aussi bien "
            "que la bonne ; avec soixante-dix, la plupart des fausses échouent. Davantage d'images du même genre sont "
            "le remède le plus sûr, et d'ordinaire le plus cher.",
            "look_at": "Regardez l'écart entre les deux pertes : il est large pour A et étroit pour B, alors que les "
            "deux pertes d'entraînement finissent près de zéro.",
            "notes": "Commencez par A et faites décrire l'écart. Certains diront qu'apprendre peu de choses à fond est "
            "mieux ; c'est vrai du vocabulaire, pas des règles. Demandez ce que dix sept ont en commun sans rapport "
            "avec le sept, comme l'écriture d'une seule personne. Montrez ensuite B. Laissez les groupes essayer 50, "
            "200 et 400 images et tracer l'exactitude selon le nombre : elle monte de plus en plus lentement. Question "
            "suivante : et si personne ne peut obtenir d'autres images ?",
        }
    },
)
