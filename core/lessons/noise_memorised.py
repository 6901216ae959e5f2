"""Wrong labels learnt by heart: four in ten training labels are false, and the network ends up knowing them all."""

from core.lessons.lesson import Lesson
from core.lessons.promise import Beats, Reaches

SPEC = Lesson(
    title="Learning what is wrong",
    about="Four in ten training labels are changed to a wrong digit. Nobody tells the network which ones.",
    settings={
        "dataset": "digits",
        "architecture": "cnn_small",
        "filter_multiplier": 2.0,
        "dropout": 0.0,  # nothing holds it back from learning single images
        "label_noise": 0.4,
        "learning_rate": 0.004,
        "epochs": 40,
        "restore_best_weights": False,  # the network of the last epoch, which has learnt the mistakes, is the one asked
    },
    twins=({"label_noise": 0.0},),
    expectation="memorising_noise",
    topic="data",
    promises=(
        Beats("B", "A"),
        Reaches("A", "train_accuracy", at_least=0.8),  # only 0.6 of them are right
        Reaches("A", "val_accuracy", at_most=0.85),
    ),
    levers=("label_noise", "early_stopping_patience", "restore_best_weights"),
    seconds=20,
    question="Four in ten labels that A learns from are wrong. On how many of these labels will it agree in the end?",
    choices=(
        "On about six in ten: those that are right.",
        "On nearly all, also on the wrong ones.",
        "On about four in ten.",
    ),
    right=1,
    answer="A ends up agreeing with nearly all of its labels, although four in ten are wrong. The wrong ones follow no "
    "rule, so it can only have learnt them image by image. Its answers to new digits suffer: they were best early on, "
    "when it knew the rule and not yet the mistakes.",
    look_at="Look at the training accuracy when it crosses 60 %: up to there it can be right about the right labels. "
    "From about there on the validation loss rises. In the chart below, “by heart” is how many wrong labels it knows "
    "by then: watch it rise while “true label” falls.",
    notes="Show some of the wrongly labelled images first, so that everybody knows what the network is told. Most "
    "pupils say 60 %, because the rest cannot be learnt: it has no rule, but it can be remembered. Draw a line at 60 % "
    "on the board and let them call out when the curve crosses it. Point at the best epoch, where validation was high "
    "in spite of all the wrong labels. Ask next: in real data nobody knows which labels are wrong, so what could be "
    "done?",
    order=1,
    translations={
        "fr": {
            "title": "Apprendre ce qui est faux",
            "about": "Quatre étiquettes d'entraînement sur dix sont remplacées par un faux chiffre. Personne ne dit "
            "au réseau lesquelles.",
            "question": "Quatre étiquettes sur dix que A apprend sont fausses. Avec combien de ces étiquettes "
            "sera-t-il d'accord à la fin ?",
            "choices": (
                "Environ six sur dix : les bonnes.",
                "Presque toutes, même les fausses.",
                "Environ quatre sur dix.",
            ),
            "answer": "A finit par être d'accord avec presque toutes ses étiquettes, alors que quatre sur dix sont "
            "fausses. Les fausses ne suivent aucune règle : il n'a pu les apprendre qu'image par image. Ses réponses "
            "aux nouveaux chiffres en souffrent : elles étaient meilleures au début, quand il connaissait la règle et "
            "pas encore les fautes.",
            "look_at": "Regardez l'exactitude d'entraînement quand elle passe 60 % : jusque-là, ce peuvent être les "
            "bonnes étiquettes. À partir de là environ, la perte de validation monte. Dans le graphique du dessous, "
            "« par cœur » est la part des étiquettes fausses qu'il sait alors : regardez-la monter pendant que « vraie "
            "étiquette » descend.",
            "notes": "Montrez d'abord quelques images mal étiquetées, pour que tout le monde sache ce qu'on dit au "
            "réseau. La plupart des élèves disent 60 %, parce que le reste ne peut pas s'apprendre : il n'a pas de "
            "règle, mais on peut le retenir. Tracez une ligne à 60 % au tableau et faites dire quand la courbe la "
            "passe. Montrez la meilleure époque, où la validation était haute malgré toutes les fausses étiquettes. "
            "Question suivante : dans de vraies données, personne ne sait quelles étiquettes sont fausses ; que "
            "faire ?",
        }
    },
)
