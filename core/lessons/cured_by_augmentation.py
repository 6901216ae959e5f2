"""Augmentation: the same few shapes, mirrored at random each time they are shown, are harder to learn by heart."""

from core.lessons.lesson import Lesson
from core.lessons.promise import Beats

SPEC = Lesson(
    title="Cure: change the images",
    about="Five hundred shapes as they are; and the same five hundred, mirrored at random each time they are shown.",
    settings={
        "dataset": "shapes",
        "architecture": "cnn_small",
        "dropout": 0.0,
        "image_size": 16,  # a quarter of the pixels: quick, and a star is still a star
        "classes": ("circle", "square", "triangle", "star", "cross"),
        "train_images": 500,
        "learning_rate": 0.005,
        "epochs": 50,
        "flip": "both",  # a mirrored star is a star; these four only count where augmentation is on
        "rotation": 0.0,  # turning, resizing and moving blurs pictures so small, which costs more than it helps
        "zoom": 0.0,
        "shift": 0.0,
        "restore_best_weights": False,  # the network of the last epoch is asked, so that overfitting shows
    },
    twins=({"augmentation": True},),
    expectation="overfitting",
    topic="cures",
    promises=(Beats("B", "A", "loss"),),
    levers=("augmentation", "rotation", "zoom"),
    seconds=27,
    question="B gets the same 500 images as A, but each time mirrored at random: left and right, up and down, both, or "
    "not at all. What happens to its losses?",
    choices=(
        "The training loss ends higher, the validation loss lower.",
        "Both end higher: the images are spoilt.",
        "Both end lower.",
    ),
    right=0,
    answer="B knows its training images less well than A, and its loss on new ones is clearly lower. A star stays a "
    "star when it is mirrored, so each form is a new example that nobody had to collect. Four forms of every image are "
    "harder to learn by heart than one, and what they have in common is the shape.",
    look_at="Look at the training loss: that of A runs to zero, that of B stays above. Then look at the validation "
    "losses, which stand the other way round.",
    notes="Show a few images as B sees them, so that everybody knows what is changed. Pupils often take the higher "
    "training loss of B for failure; ask which number counts for new images. Accuracy follows the loss in most runs, "
    "though not in all. Then discuss what may be changed: a mirrored star is a star, a mirrored 2 is no 2, and a road "
    "sign may not be mirrored either. Let a group add rotation and zoom and see that more is not always better. Ask "
    "next: which changes would suit photos of dogs?",
    order=3,
    translations={
        "fr": {
            "title": "Remède : varier les images",
            "about": "Cinq cents formes telles quelles ; et les mêmes cinq cents, retournées au hasard chaque fois "
            "qu'elles sont montrées.",
            "question": "B reçoit les mêmes 500 images que A, mais chaque fois retournées au hasard : de gauche à "
            "droite, de haut en bas, les deux, ou pas du tout. Qu'arrive-t-il à ses pertes ?",
            "choices": (
                "La perte d'entraînement finit plus haut, celle de validation plus bas.",
                "Les deux finissent plus haut : les images sont abîmées.",
                "Les deux finissent plus bas.",
            ),
            "answer": "B connaît moins bien que A ses images d'entraînement, et sa perte sur les nouvelles est "
            "nettement plus basse. Une étoile reste une étoile quand on la retourne : chaque variante est un nouvel "
            "exemple que personne n'a dû collecter. Quatre variantes de chaque image s'apprennent moins facilement par "
            "cœur qu'une seule, et ce qu'elles ont en commun, c'est la forme.",
            "look_at": "Regardez la perte d'entraînement : celle de A va vers zéro, celle de B reste au-dessus. "
            "Regardez ensuite les pertes de validation, dont l'ordre est inverse.",
            "notes": "Montrez quelques images telles que B les voit, pour que chacun sache ce qui change. Les élèves "
            "prennent souvent la perte d'entraînement plus haute de B pour un échec ; demandez quel nombre compte pour "
            "de nouvelles images. L'exactitude suit la perte le plus souvent, mais pas toujours. Discutez ensuite de "
            "ce qu'on peut changer : une étoile en miroir est une étoile, un 2 en miroir n'est pas un 2, et un panneau "
            "routier non plus ne se retourne pas. Laissez un groupe ajouter rotation et zoom et constater que plus "
            "n'est pas toujours mieux. Question suivante : quels changements conviendraient à des photos de chiens ?",
        }
    },
)
