"""A learning rate that is far too high: every step jumps over the valley, and nothing is learnt."""

from core.lessons.lesson import Lesson
from core.lessons.promise import Beats, Reaches

SPEC = Lesson(
    title="Steps too long",
    about="The learning rate is how far each correction goes. Here it is three hundred times longer than usual.",
    settings={
        "dataset": "digits",
        "architecture": "cnn_small",
        "learning_rate": 0.3,  # the first steps already throw the weights where no gradient reaches
        "epochs": 12,
    },
    twins=({"learning_rate": 0.001},),
    expectation="not_learning",
    topic="levers",
    promises=(
        Beats("B", "A"),
        Reaches("A", "val_accuracy", at_most=0.3),
        Reaches("B", "val_accuracy", at_least=0.85),
    ),
    levers=("learning_rate",),
    seconds=9,
    question="A corrects itself in steps three hundred times longer than those of B. Which one learns more in twelve "
    "epochs?",
    choices=("A: long steps arrive sooner.", "B: the short steps.", "Both end at the same point."),
    right=1,
    answer="A learns next to nothing, and B learns to read. Each step of A is right in its direction, but so long that "
    "it lands far behind the place where the loss is low. After the first steps the weights are so large that later "
    "corrections no longer help, and the network answers much the same whatever it is shown.",
    look_at="Look at the loss of A: it may leap up at first, and then it stays near 2.3, which is what guessing among "
    "ten digits costs.",
    notes="Most pupils expect that longer steps arrive sooner. Draw a valley and let someone walk down it with a "
    "stride as wide as the valley. Point out that twelve epochs are enough for B, so time is not the reason. Then let "
    "groups try 0.1, 0.03 and 0.01 and find the longest step that still learns. Ask next: what do you expect from a "
    "step that is far too short?",
    order=1,
    translations={
        "fr": {
            "title": "Des pas trop longs",
            "about": "Le taux d'apprentissage est la longueur de chaque correction. Ici, elle est trois cents fois "
            "plus grande que d'habitude.",
            "question": "A se corrige par des pas trois cents fois plus longs que ceux de B. Lequel apprend le plus en "
            "douze époques ?",
            "choices": (
                "A : de longs pas arrivent plus vite.",
                "B : les petits pas.",
                "Les deux arrivent au même point.",
            ),
            "answer": "A n'apprend presque rien, et B apprend à lire. Chaque pas de A va dans la bonne direction, mais "
            "il est si long qu'il atterrit bien au-delà de l'endroit où la perte est basse. Après les premiers pas, "
            "les poids sont si grands que les corrections suivantes n'aident plus, et le réseau répond à peu près la "
            "même chose quoi qu'on lui montre.",
            "look_at": "Regardez la perte de A : elle bondit parfois au début, puis reste près de 2,3, ce que coûte le "
            "hasard entre dix chiffres.",
            "notes": "La plupart des élèves pensent que de longs pas arrivent plus vite. Dessinez une vallée et faites "
            "descendre quelqu'un avec des enjambées aussi larges que la vallée. Faites remarquer que douze époques "
            "suffisent à B : ce n'est donc pas une question de temps. Laissez ensuite les groupes essayer 0,1, 0,03 et "
            "0,01 pour trouver le plus long pas qui apprend encore. Question suivante : qu'attendre d'un pas beaucoup "
            "trop court ?",
        }
    },
)
