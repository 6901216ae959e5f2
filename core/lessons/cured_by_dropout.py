"""Dropout: most units are switched off at random, so none can count on its neighbours to remember a picture."""

from core.lessons.lesson import Lesson
from core.lessons.promise import Beats

SPEC = Lesson(
    title="Cure: dropout",
    about="Photos of clothes. In each step more than half of the hidden units are switched off at random.",
    settings={
        "dataset": "fashion_mnist",
        "architecture": "cnn_small",
        "image_size": 14,  # half the side: quick, and a boot is still a boot
        "dropout": 0.0,
        "filter_multiplier": 2.0,
        "dense_units": 128,  # twice the usual: room to learn five hundred pictures by heart
        "train_images": 500,
        "validation_fraction": 0.05,  # 3,000 images, which is plenty and soon answered
        "learning_rate": 0.003,
        "epochs": 40,
        "restore_best_weights": False,  # the network of the last epoch is asked, so that overfitting shows
    },
    twins=({"dropout": 0.6},),
    expectation="overfitting",
    topic="cures",
    promises=(Beats("B", "A", "loss"),),
    levers=("dropout",),
    seconds=30,
    question="While B learns, six in ten of its 128 hidden units are switched off in each step, other ones every time. "
    "What does that do to its validation loss?",
    choices=(
        "It ends higher: half a network knows half as much.",
        "It ends lower: B cannot rely on single units to remember pictures.",
        "Nothing: in the end all units are on again.",
    ),
    right=1,
    answer="The validation loss of B ends clearly lower. To know a picture by heart, certain units must work together "
    "exactly, and with dropout some of them are always missing. What many units know in similar ways survives, and "
    "that is the rule rather than the single picture. For answers all units are switched on again.",
    look_at="Look at the validation losses from the middle on: that of A turns and climbs, that of B stays lower. The "
    "training loss of B falls more slowly, which is the price.",
    notes="Compare it with a group project in which anybody may be ill: everybody has to know the whole matter. Pupils "
    "often expect a weaker network. Ask them to look at the training loss first, where they are right, and then at the "
    "validation loss. Accuracy need not rise as clearly as the loss falls: the network is above all less sure of its "
    "mistakes. Let groups try 0.3, 0.6 and 0.9 and find where too much begins. Ask next: how would too much dropout "
    "look in the curves?",
    order=4,
    translations={
        "fr": {
            "title": "Remède : le dropout",
            "about": "Des photos de vêtements. À chaque pas, plus de la moitié des neurones cachés, tirés au "
            "hasard, sont désactivés.",
            "question": "Pendant que B apprend, six sur dix de ses 128 neurones cachés sont désactivés à chaque pas, "
            "jamais les mêmes. Quel est l'effet sur sa perte de validation ?",
            "choices": (
                "Elle finit plus haut : un demi-réseau en sait deux fois moins.",
                "Elle finit plus bas : B ne peut pas compter sur certains neurones pour retenir des images.",
                "Aucun : à la fin, tous les neurones sont de nouveau actifs.",
            ),
            "answer": "La perte de validation de B finit nettement plus bas. Pour savoir une image par cœur, certains "
            "neurones doivent travailler exactement ensemble, et avec le dropout il en manque toujours. Ce que "
            "beaucoup de neurones savent de façon semblable survit, et c'est la règle plutôt que l'image isolée. Pour "
            "répondre, tous les neurones sont de nouveau actifs.",
            "look_at": "Regardez les pertes de validation à partir du milieu : celle de A se retourne et grimpe, celle "
            "de B reste plus basse. La perte d'entraînement de B descend plus lentement, c'est le prix à payer.",
            "notes": "Comparez avec un travail de groupe où chacun peut tomber malade : tout le monde doit connaître "
            "tout le sujet. Les élèves s'attendent souvent à un réseau plus faible. Faites regarder d'abord la perte "
            "d'entraînement, où ils ont raison, puis celle de validation. L'exactitude ne monte pas forcément aussi "
            "nettement que la perte baisse : le réseau est surtout moins sûr de ses erreurs. Laissez les groupes "
            "essayer 0,3, 0,6 et 0,9 et trouver où l'excès commence. Question suivante : à quoi ressemblerait trop de "
            "dropout sur les courbes ?",
        }
    },
)
