"""The trap of accuracy: with a hundred oranges for each brown one, always saying orange is right nearly every time."""

from core.lessons.lesson import Lesson
from core.lessons.promise import Beats, Reaches

SPEC = Lesson(
    title="99 in 100, and useless",
    about="Sort out the brown ones. A has seen as many brown things as orange ones, B a hundred orange ones for each "
    "brown one.",
    settings={
        "dataset": "colours",
        "architecture": "cnn_small",
        "classes": ("orange", "brown"),
        "train_images": 240,
        "validation_fraction": 0.4,  # 320 images: each class alone is then known to a few points
        "learning_rate": 0.0006,  # slow and smooth, so that the verdict on A is the same for every seed
        "epochs": 15,
        "restore_best_weights": False,  # the best epoch of B would be the first, which has not yet fallen into the trap
    },
    twins=({"imbalance": 100.0},),  # as many images, two or three of them brown
    expectation="still_improving",
    topic="data",
    promises=(
        Reaches("A", "least_recall", at_least=0.75),
        Reaches("B", "train_accuracy", at_least=0.97),
        Reaches("B", "least_recall", at_most=0.2),
        Beats("A", "B"),
    ),
    levers=("imbalance",),
    seconds=9,
    question="B is right about 99 of 100 of its training images, nearly all of which are orange. How many of the brown "
    "ones among the new images will it find?",
    choices=("About 99 of 100.", "About half.", "Hardly any."),
    right=2,
    answer="B finds hardly any brown one: it calls nearly everything orange. With a hundred orange images for each "
    "brown one that answer is right 99 times in 100 without looking, and there is little left to gain by looking. The "
    "validation images are half orange and half brown, so there the trick fails and accuracy is near one half. A had "
    "as many images, half of each, and finds most of the brown ones.",
    look_at="Look at how high the training accuracy of B is from early on, and at its validation accuracy near one "
    "half. Then open its confusion matrix: one column has nearly everything.",
    notes="Begin with the training accuracy of B only, and ask whether the class would buy this machine. Then ask what "
    "a machine that always says orange would reach: the same. In this program validation is cut off before the "
    "imbalance is made, so it stays balanced and shows the trap; in real life the test is often as unequal as the "
    "training, and 99 of 100 is what gets reported. Whatever verdict B gets is about the shape of its curves and does "
    "not tell whether it is of any use. Ask next: which number would you want to see for a test that looks for a rare "
    "disease?",
    order=2,
    translations={
        "fr": {
            "title": "99 sur 100, et inutile",
            "about": "Trouver les objets bruns. A a vu autant d'objets bruns que d'objets orange, B cent objets orange "
            "pour un brun.",
            "question": "B a raison sur 99 de ses images d'entraînement sur 100, presque toutes orange. Combien "
            "d'objets bruns trouvera-t-il parmi les nouvelles images ?",
            "choices": ("Environ 99 sur 100.", "Environ la moitié.", "Presque aucun."),
            "answer": "B ne trouve presque aucun objet brun : il dit orange presque partout. Avec cent images orange "
            "pour une brune, cette réponse est juste 99 fois sur 100 sans regarder, et il reste peu à gagner en "
            "regardant. Les images de validation sont pour moitié orange et pour moitié brunes : là, l'astuce échoue "
            "et l'exactitude est proche d'un demi. A avait autant d'images, moitié moitié, et trouve la plupart des "
            "bruns.",
            "look_at": "Regardez comme l'exactitude d'entraînement de B est vite haute, et son exactitude de "
            "validation proche d'un demi. Ouvrez ensuite sa matrice de confusion : une colonne contient presque tout.",
            "notes": "Montrez d'abord seulement l'exactitude d'entraînement de B et demandez si la classe achèterait "
            "cette machine. Demandez ensuite ce qu'atteindrait une machine qui dit toujours orange : autant. Dans ce "
            "programme, la validation est mise de côté avant le déséquilibre ; elle reste équilibrée et montre le "
            "piège. Dans la vie réelle, le test est souvent aussi inégal que l'entraînement, et c'est 99 sur 100 qu'on "
            "annonce. Quel que soit le verdict sur B, il porte sur la forme de ses courbes et ne dit pas si le réseau "
            "sert à quelque chose. Question suivante : quel nombre faudrait-il voir pour un test qui cherche une "
            "maladie rare ?",
        }
    },
)
