"""A learning rate that is far too low: everything goes the right way, and the time is up before it arrives."""

from core.lessons.lesson import Lesson
from core.lessons.promise import Beats, Reaches

SPEC = Lesson(
    title="Steps too short",
    about="Tiny corrections in the right direction, for fifteen epochs.",
    settings={
        "dataset": "digits",
        "architecture": "cnn_small",
        "learning_rate": 0.00005,  # low enough to be far from done, high enough that the curve is seen to fall
        "epochs": 15,
    },
    twins=({"learning_rate": 0.002},),
    expectation="still_improving",
    topic="levers",
    promises=(
        Beats("B", "A"),
        Reaches("A", "val_accuracy", at_most=0.8),
        Reaches("B", "val_accuracy", at_least=0.93),
    ),
    levers=("learning_rate", "epochs"),
    seconds=7,
    question="A makes corrections forty times smaller than those of B. What will the loss of A do?",
    choices=(
        "Fall steadily, and still be high at the end.",
        "Not move at all.",
        "End lower than that of B, because it is more careful.",
    ),
    right=0,
    answer="The loss of A falls from beginning to end and is still high when the time is up. Every step is right, it "
    "is only too short. This is not underfitting: the curve still goes down, so more epochs or a higher learning rate "
    "would help.",
    look_at="Look at the end of the curve of A: is it flat, or does it still go down? Compare it with B, which arrives "
    "within a few epochs.",
    notes="Have the class compare this with the network that underfits: there the curve is flat and high, here it is "
    "high but still falling. Many pupils say that small steps are safer and must end better. Ask how many epochs A "
    "would need at this pace, and let one group try 200. Ask next: if you do not know the right learning rate, which "
    "three values would you try first, and why not 0.001, 0.002 and 0.003?",
    order=2,
    translations={
        "fr": {
            "title": "Des pas trop courts",
            "about": "De minuscules corrections dans la bonne direction, pendant quinze époques.",
            "question": "A fait des corrections quarante fois plus petites que celles de B. Que fera la perte de A ?",
            "choices": (
                "Descendre régulièrement, et être encore haute à la fin.",
                "Ne pas bouger du tout.",
                "Finir plus bas que celle de B, car A est plus prudent.",
            ),
            "answer": "La perte de A descend du début à la fin et reste haute quand le temps est écoulé. Chaque pas "
            "est bon, il est seulement trop court. Ce n'est pas du sous-apprentissage : la courbe descend encore, donc "
            "plus d'époques ou un taux d'apprentissage plus élevé aideraient.",
            "look_at": "Regardez la fin de la courbe de A : est-elle plate, ou descend-elle encore ? Comparez avec B, "
            "qui arrive en quelques époques.",
            "notes": "Faites comparer avec le réseau en sous-apprentissage : là, la courbe est plate et haute ; ici, "
            "elle est haute mais descend encore. Beaucoup d'élèves disent que de petits pas sont plus sûrs et doivent "
            "mieux finir. Demandez combien d'époques il faudrait à A à ce rythme, et laissez un groupe en essayer 200. "
            "Question suivante : sans connaître le bon taux d'apprentissage, quelles trois valeurs essayer d'abord, et "
            "pourquoi pas 0,001, 0,002 et 0,003 ?",
        }
    },
)
