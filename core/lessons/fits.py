"""A good fit: enough network, enough images, and dropout to keep it honest."""

from core.lessons.lesson import Lesson

SPEC = Lesson(
    title="It fits",
    about="A small network and a good thousand digits; others it will never see while it learns.",
    settings={"dataset": "digits", "architecture": "cnn_small", "epochs": 35},
    expectation="good_fit",
    levers=("epochs", "train_images"),
    seconds=7,
    question="The network learns from a good thousand digits. How well will it read digits that it has never seen?",
    choices=(
        "Nearly as well as those it learnt from.",
        "Much worse: it only knows its own.",
        "Not at all: every new digit looks different.",
    ),
    right=0,
    answer="New digits are read nearly as well as the known ones, and both losses end low and close together. The "
    "network has found what all the threes have in common instead of remembering single pictures. It had enough images "
    "for that, and it is not larger than it needs to be.",
    look_at="Look at the two losses: the validation loss follows the training loss all the way down and does not turn.",
    notes="This is the picture to compare all others with, so keep the run. Let the class say in their own words what "
    "the two curves measure before you start. Many expect new digits to be much harder: show some of the validation "
    "images next to training images. Ask which digits are still wrong, and open them under the mistakes: people would "
    "hesitate there too. Ask next: what would the curves look like with only a hundred images?",
    order=2,
    translations={
        "fr": {
            "title": "Bon ajustement",
            "about": "Un petit réseau et un bon millier de chiffres ; d'autres qu'il ne verra jamais en apprenant.",
            "question": "Le réseau apprend avec un bon millier de chiffres. Comment lira-t-il des chiffres qu'il n'a "
            "jamais vus ?",
            "choices": (
                "Presque aussi bien que ceux qui ont servi à apprendre.",
                "Beaucoup moins bien : il ne connaît que les siens.",
                "Pas du tout : chaque nouveau chiffre est différent.",
            ),
            "answer": "Les nouveaux chiffres sont lus presque aussi bien que les chiffres connus, et les deux pertes "
            "finissent basses et proches. Le réseau a trouvé ce que tous les trois ont en commun, au lieu de retenir "
            "des images une par une. Il avait assez d'images pour cela, et il n'est pas plus grand qu'il ne faut.",
            "look_at": "Regardez les deux pertes : celle de validation suit celle d'entraînement jusqu'en bas et ne "
            "remonte pas.",
            "notes": "C'est l'image à laquelle comparer toutes les autres : gardez cet entraînement. Avant de lancer, "
            "faites dire à la classe, avec ses mots, ce que mesurent les deux courbes. Beaucoup pensent que les "
            "nouveaux chiffres seront bien plus difficiles : montrez des images de validation à côté d'images "
            "d'entraînement. Demandez quels chiffres restent faux et ouvrez-les parmi les erreurs : un humain "
            "hésiterait aussi. Question suivante : quelle allure auraient les courbes avec seulement cent images ?",
        }
    },
)
