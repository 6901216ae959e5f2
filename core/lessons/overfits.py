"""Overfitting: four times the filters, ten images of each digit, nothing to hold the network back."""

from core.lessons.lesson import Lesson

SPEC = Lesson(
    title="It overfits",
    about="Four times the filters, and only a hundred images to learn from.",
    settings={
        "dataset": "digits",
        "architecture": "cnn_small",
        "filter_multiplier": 4.0,
        "dropout": 0.0,
        "train_images": 100,
        "learning_rate": 0.01,  # quick enough to overdo it within the minute
        "epochs": 60,
    },
    expectation="overfitting",
    levers=("train_images", "filter_multiplier", "dropout"),
    seconds=10,
    question="A large network gets a hundred digits to learn from, sixty times over. What will the two losses do?",
    choices=(
        "Both fall to nothing: it has time enough.",
        "The training loss falls to nothing, the validation loss turns and rises.",
        "Both stay high: a hundred images are too few to learn anything.",
    ),
    right=1,
    answer="The training loss falls to nothing, while the validation loss comes down, turns and rises. The network has "
    "room enough to remember its hundred images one by one, and once it knows them, all further training makes it "
    "surer of them. It is then also sure of its mistakes on new digits, and that is what the rising loss counts.",
    look_at="Look at the epoch in which the validation loss is lowest. From there on the two curves go separate ways.",
    notes="Compare it with the good fit: the network is larger and has fewer images, nothing else is worse. Pupils "
    "usually expect that a larger network must be better. Let them find the best epoch on the curve before the page "
    "marks it. The validation accuracy may stay level while its loss rises: the answers are the same, but the network "
    "is ever surer, also where it is wrong. Ask next: name three things that could be changed against this, and then "
    "try the cures.",
    order=3,
    translations={
        "fr": {
            "title": "Surapprentissage",
            "about": "Quatre fois plus de filtres, et seulement cent images pour apprendre.",
            "question": "Un grand réseau reçoit cent chiffres à apprendre, soixante fois de suite. Que feront les deux "
            "pertes ?",
            "choices": (
                "Les deux tombent à presque rien : il a bien assez de temps.",
                "La perte d'entraînement tombe à presque rien, celle de validation se retourne et monte.",
                "Les deux restent hautes : cent images ne suffisent pas pour apprendre.",
            ),
            "answer": "La perte d'entraînement tombe à presque rien, tandis que celle de validation descend, se "
            "retourne et monte. Le réseau a assez de place pour retenir ses cent images une par une, et quand il les "
            "sait, la suite de l'entraînement ne fait que l'en rendre plus sûr. Il est alors sûr aussi de ses erreurs "
            "sur de nouveaux chiffres, et c'est ce que compte la perte qui monte.",
            "look_at": "Regardez à quelle époque la perte de validation est la plus basse. À partir de là, les deux "
            "courbes se séparent.",
            "notes": "Comparez avec le bon ajustement : le réseau est plus grand et a moins d'images, rien d'autre "
            "n'est moins bon. Les élèves pensent d'ordinaire qu'un plus grand réseau est forcément meilleur. Faites "
            "chercher la meilleure époque sur la courbe avant que la page ne la marque. L'exactitude de validation "
            "peut rester stable alors que sa perte monte : les réponses sont les mêmes, mais le réseau est de plus en "
            "plus sûr, même quand il se trompe. Question suivante : citez trois choses à changer contre cela, puis "
            "essayez les remèdes.",
        }
    },
)
