"""Early stopping: with some labels wrong, the best network is not the last one; stopping in time keeps it."""

from core.lessons.lesson import Lesson
from core.lessons.promise import Beats

SPEC = Lesson(
    title="Cure: stop in time",
    about="Three in ten labels are wrong, as they are in many real collections. One run goes on to the end, the other "
    "stops once validation gets no better.",
    settings={
        "dataset": "digits",
        "architecture": "cnn_small",
        "filter_multiplier": 2.0,
        "dropout": 0.0,  # only the time to stop holds it back here
        "label_noise": 0.3,  # so that what is learnt late is wrong, and costs accuracy as well as loss
        "learning_rate": 0.005,
        "epochs": 35,
        "restore_best_weights": False,  # A keeps the network of its last epoch
    },
    twins=({"early_stopping_patience": 5, "restore_best_weights": True},),
    expectation="memorising_noise",
    topic="cures",
    promises=(Beats("B", "A"), Beats("B", "A", "loss")),
    levers=("early_stopping_patience", "restore_best_weights"),
    seconds=17,
    question="Both networks are the same. A uses all its 35 epochs; B stops when validation has not improved for five, "
    "and goes back to its best epoch. Which one reads new digits better?",
    choices=("A: it has learnt longer.", "B: it stopped in time.", "They read equally well."),
    right=1,
    answer="B reads new digits clearly better, although it learnt for a shorter time. At first the network learns what "
    "digits look like; later only the wrong labels are left to learn, one by one. The validation loss shows when that "
    "begins, and early stopping keeps the network of that moment.",
    look_at="Look at where the validation loss is lowest: B stops a few epochs later and goes back there. The training "
    "loss of A goes on falling all the same.",
    notes="Cover the validation curve at first and ask when one should stop, judging by the training curve alone: it "
    "gives no hint. Then uncover it. Pupils often say that more practice cannot harm; ask what there is left to "
    "practise once the rule is known. Discuss the patience: with 1 a chance wobble stops the run, with 20 nothing is "
    "saved. Ask next: the validation images helped to choose the epoch, so are they still a fair test?",
    order=1,
    translations={
        "fr": {
            "title": "Remède : s'arrêter à temps",
            "about": "Trois étiquettes sur dix sont fausses, comme dans beaucoup de vraies collections. Un "
            "entraînement va jusqu'au bout, l'autre s'arrête quand la validation ne s'améliore plus.",
            "question": "Les deux réseaux sont les mêmes. A emploie ses 35 époques ; B s'arrête quand la validation ne "
            "s'est pas améliorée pendant cinq époques, et revient à la meilleure. Lequel lit mieux de nouveaux "
            "chiffres ?",
            "choices": (
                "A : il a appris plus longtemps.",
                "B : il s'est arrêté à temps.",
                "Ils lisent aussi bien l'un que l'autre.",
            ),
            "answer": "B lit nettement mieux les nouveaux chiffres, bien qu'il ait appris moins longtemps. Au début, "
            "le réseau apprend à quoi ressemblent les chiffres ; plus tard, il ne reste à apprendre que les fausses "
            "étiquettes, une par une. La perte de validation montre quand cela commence, et l'arrêt anticipé garde le "
            "réseau de ce moment.",
            "look_at": "Regardez où la perte de validation est la plus basse : B s'arrête quelques époques après et y "
            "revient. La perte d'entraînement de A continue pourtant de baisser.",
            "notes": "Cachez d'abord la courbe de validation et demandez quand s'arrêter d'après la seule courbe "
            "d'entraînement : elle n'en dit rien. Découvrez-la ensuite. Les élèves disent souvent que s'exercer plus "
            "ne peut pas nuire ; demandez ce qu'il reste à exercer quand la règle est connue. Parlez de la patience : "
            "avec 1, un hasard arrête tout ; avec 20, on ne gagne rien. Question suivante : les images de validation "
            "ont servi à choisir l'époque ; sont-elles encore un test équitable ?",
        }
    },
)
