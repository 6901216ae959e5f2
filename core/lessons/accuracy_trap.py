"""The trap of accuracy: with sixty oranges for each brown one, always saying orange is right nearly every time."""

from core.lessons.lesson import Lesson
from core.lessons.promise import Reaches

SPEC = Lesson(
    title="98 in 100, and useless",
    about="Sort out the brown ones: among the training images there are sixty orange things for each brown one.",
    settings={
        "dataset": "colours",
        "architecture": "cnn_small",
        "classes": ("orange", "brown"),
        "imbalance": 60.0,
        "validation_fraction": 0.4,  # 320 images: one class alone is then known to a few points
        "epochs": 15,
        "restore_best_weights": False,  # the best epoch would be the first, which has not yet fallen into the trap
    },
    twins=({"imbalance": 1.0, "train_images": 250},),  # as many images as A, half of each colour
    expectation="still_improving",
    topic="data",
    promises=(
        Reaches("A", "train_accuracy", at_least=0.95),
        Reaches("A", "least_recall", at_most=0.2),
        Reaches("B", "least_recall", at_least=0.75),
    ),
    levers=("imbalance", "train_images"),
    seconds=7,
    question="A is right about some 98 of 100 of its training images, of which almost all are orange. How many of the "
    "brown ones among the new images will it find?",
    choices=("About 98 of 100.", "About half.", "Hardly any."),
    right=2,
    answer="A finds hardly any brown one: it calls nearly everything orange. With sixty orange images for each brown "
    "one, that answer is right 98 times in 100 without looking, and there is little left to gain by looking. The "
    "validation images are half orange and half brown, so there the trick fails and accuracy is near one half. B has "
    "as many images, half of each, and finds most of the brown ones.",
    look_at="Look at how high the training accuracy of A is from the beginning, and at its validation accuracy near 50 "
    "%. Then open the confusion matrix: one column has nearly everything.",
    notes="Begin with the training accuracy of A only, and ask whether the class would buy this machine. Then ask what "
    "a machine that always says orange would reach: the same. In this program validation is cut off before the "
    "imbalance is made, so it stays balanced and shows the trap; in real life the test is often as unequal as the "
    "training, and 98 % is what gets reported. The verdict says still improving, as the validation loss comes back "
    "from a peak: the shape of a curve does not tell whether a network is of any use. Ask next: which number would you "
    "want to see for a test that looks for a rare disease?",
    order=2,
    translations={
        "fr": {
            "title": "98 sur 100, et inutile",
            "about": "Trouver les objets bruns : parmi les images d'entraînement, il y a soixante objets orange pour "
            "un brun.",
            "question": "A a raison sur quelque 98 de ses images d'entraînement sur 100, presque toutes orange. "
            "Combien d'objets bruns trouvera-t-il parmi les nouvelles images ?",
            "choices": ("Environ 98 sur 100.", "Environ la moitié.", "Presque aucun."),
            "answer": "A ne trouve presque aucun objet brun : il dit orange presque partout. Avec soixante images "
            "orange pour une brune, cette réponse est juste 98 fois sur 100 sans regarder, et il reste peu à gagner en "
            "regardant. Les images de validation sont pour moitié orange et pour moitié brunes : là, l'astuce échoue "
            "et l'exactitude est proche d'un demi. B a autant d'images, moitié moitié, et trouve la plupart des bruns.",
            "look_at": "Regardez comme l'exactitude d'entraînement de A est haute dès le début, et son exactitude de "
            "validation proche de 50 %. Ouvrez ensuite la matrice de confusion : une colonne contient presque tout.",
            "notes": "Montrez d'abord seulement l'exactitude d'entraînement de A et demandez si la classe achèterait "
            "cette machine. Demandez ensuite ce qu'atteindrait une machine qui dit toujours orange : autant. Dans ce "
            "programme, la validation est mise de côté avant le déséquilibre ; elle reste équilibrée et montre le "
            "piège. Dans la vie réelle, le test est souvent aussi inégal que l'entraînement, et ce sont les 98 % qu'on "
            "annonce. Le verdict est « encore en progrès », car la perte de validation redescend d'un sommet : la "
            "forme d'une courbe ne dit pas si un réseau sert à quelque chose. Question suivante : quel nombre "
            "faudrait-il voir pour un test qui cherche une maladie rare ?",
        }
    },
)
