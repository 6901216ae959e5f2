"""More than ninety-six of a hundred in the test, and lost as soon as the digits lie off centre or on a table."""

from core.lessons.lesson import Lesson
from core.lessons.promise import Loses, Reaches

SPEC = Lesson(
    title="Top of the test, lost on paper",
    about="The best-known handwritten digits; and the same digits, taken a little differently.",
    settings={
        "dataset": "mnist",
        "architecture": "cnn_small",
        "train_images": 12_000,  # a fifth of them: enough for the test, and done within the minute
        "validation_fraction": 0.05,
        "learning_rate": 0.003,
        "epochs": 4,
    },
    expectation=("still_improving", "good_fit"),  # either: four epochs end where the one becomes the other
    topic="trust",
    promises=(
        Reaches("A", "test_accuracy", at_least=0.96),
        Loses("A", "shift", 30, at_most=0.4),
        Loses("A", "background", 100, at_most=0.65),
    ),
    levers=("augmentation", "shift"),
    seconds=36,
    question="This network reads more than 96 of 100 test digits. Now the same digits are moved to the right by a "
    "third of the picture. How many does it still read?",
    choices=("As many: a moved 7 is still a 7.", "About 80 of 100.", "Fewer than 40 of 100."),
    right=2,
    answer="It reads fewer than 40 of 100 once they are moved, and a cloudy background costs it a third of its answers "
    "or more. All its training pictures were centred and white on black, and so were all test pictures: the test could "
    "not ask about anything else. A test accuracy is a promise for pictures that are taken in the same way, and for no "
    "others.",
    look_at="When it has trained, open the page Why is it wrong? and pull the shift slowly to the right: see where the "
    "accuracy gives way. Then draw a digit into a corner and ask the network.",
    notes="Train first and let the class be impressed by the test. Then move the pictures; most pupils say that a "
    "moved 7 is still a 7, which is true for them and not for the network. Ask what all training pictures have in "
    "common. Let a group photograph digits written on squared paper and upload them. Then train again with "
    "augmentation and a larger shift, and see how much of the loss that takes away. Ask next: a firm advertises 99 % "
    "for reading number plates; what would you want to know?",
    order=1,
    translations={
        "fr": {
            "title": "Brillant au test, perdu sur le papier",
            "about": "Les chiffres manuscrits les plus connus ; et les mêmes chiffres, pris un peu autrement.",
            "question": "Ce réseau lit plus de 96 chiffres de test sur 100. Maintenant, les mêmes chiffres sont "
            "déplacés vers la droite d'un tiers de l'image. Combien en lit-il encore ?",
            "choices": (
                "Autant : un 7 déplacé reste un 7.",
                "Environ 80 sur 100.",
                "Moins de 40 sur 100.",
            ),
            "answer": "Il en lit moins de 40 sur 100 quand ils sont déplacés, et un fond nuageux lui coûte un tiers de "
            "ses réponses ou davantage. Toutes ses images d'entraînement étaient centrées et blanches sur noir, et "
            "toutes les images de test aussi : le test ne pouvait rien demander d'autre. Une exactitude de test est "
            "une promesse pour des images prises de la même façon, et pour aucune autre.",
            "look_at": "Après l'entraînement, ouvrez la page Pourquoi se trompe-t-il ? et augmentez lentement le "
            "décalage vers la droite : voyez où l'exactitude cède. Dessinez ensuite un chiffre dans un coin et "
            "interrogez le réseau.",
            "notes": "Entraînez d'abord et laissez la classe admirer le test. Déplacez ensuite les images ; la plupart "
            "des élèves disent qu'un 7 déplacé reste un 7, ce qui est vrai pour eux et pas pour le réseau. Demandez ce "
            "que toutes les images d'entraînement ont en commun. Faites photographier des chiffres écrits sur du "
            "papier quadrillé, puis importez-les. Entraînez de nouveau avec l'augmentation et un plus grand décalage, "
            "et voyez quelle part de la perte cela enlève. Question suivante : une entreprise annonce 99 % pour la "
            "lecture de plaques d'immatriculation ; que voudriez-vous savoir ?",
        }
    },
)
