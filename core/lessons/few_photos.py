"""Transfer learning: 120 small photos, for a network that has seen a million pictures and for one that begins anew."""

from core.lessons.lesson import Lesson
from core.lessons.promise import Beats

SPEC = Lesson(
    title="Few photos, and a network that has seen a million",
    about="Thirty photos each of birds, cats, dogs and ships. One network begins with what it knows from ImageNet, the "
    "other from nothing.",
    settings={
        "dataset": "cifar10",
        "classes": ("bird", "cat", "dog", "ship"),
        "architecture": "transfer",
        "image_size": 64,  # what the backbone has seen was larger; the pictures are enlarged
        "train_images": 120,
        "validation_fraction": 0.05,
        "test_fraction": 0.05,  # every picture goes through the backbone once: hundreds will do
        "batch_size": 16,
        "epochs": 30,
    },
    twins=({"architecture": "cnn_two_blocks"},),
    expectation=("good_fit", "overfitting", "still_improving"),
    topic="cures",
    promises=(Beats("A", "B"), Beats("A", "B", "loss")),
    levers=("train_images", "architecture", "fine_tune_blocks"),
    seconds=60,
    question="Both get the same 120 photos. A looks at them through layers that were trained on a million other "
    "pictures and learns one last layer; B learns all of its layers. Which one is better on new photos?",
    choices=(
        "A: most of what there is to see it has seen already.",
        "B: it learns what matters for these four classes only.",
        "No difference: both get the same photos.",
    ),
    right=0,
    answer="A is far better. Edges, fur, feathers and wheels look alike in all photos, and 120 pictures are too few to "
    "discover them; A only has to learn which of them speak for a cat. B finds something that tells its 120 photos "
    "apart, and most of it is true of these photos alone. That is why nobody who has few pictures trains from scratch.",
    look_at="Look at A after its first epoch: it is already better than B will ever be. Then look at the gap of B.",
    notes="The backbone is EfficientNet-Lite0; its own thousand classes are gone, only what lies below them is kept, "
    "and frozen. Ask what such layers could be good for that were trained on cars, dogs and mushrooms. Then let groups "
    "find how many photos B needs to catch up (20, 500, all), and whether A gains from more as well. Ask next: would "
    "the same backbone help with scanned digits, or with X-ray pictures?",
    order=6,
    translations={
        "fr": {
            "title": "Peu de photos, et un réseau qui en a vu un million",
            "about": "Trente photos d'oiseaux, de chats, de chiens et de navires. Un réseau part de ce qu'il sait "
            "d'ImageNet, l'autre de rien.",
            "question": "Les deux reçoivent les mêmes 120 photos. A les regarde à travers des couches entraînées sur "
            "un million d'autres images et n'apprend qu'une dernière couche ; B apprend toutes les siennes. Lequel est "
            "meilleur sur de nouvelles photos ?",
            "choices": (
                "A : il a déjà vu presque tout ce qu'il y a à voir.",
                "B : il apprend seulement ce qui compte pour ces quatre classes.",
                "Aucune différence : les deux reçoivent les mêmes photos.",
            ),
            "answer": "A est bien meilleur. Les contours, les poils, les plumes et les roues se ressemblent sur toutes "
            "les photos, et 120 images ne suffisent pas pour les découvrir ; A n'a qu'à apprendre lesquels parlent "
            "pour un chat. B trouve de quoi distinguer ses 120 photos, et presque tout cela n'est vrai que d'elles. "
            "C'est pourquoi personne, avec peu d'images, n'entraîne à partir de zéro.",
            "look_at": "Regardez A après sa première époque : il est déjà meilleur que B ne le sera jamais. Regardez "
            "ensuite l'écart de B.",
            "notes": "Les couches reprises sont celles d'EfficientNet-Lite0 ; ses mille classes ont disparu, seul ce "
            "qui est en dessous est gardé, et figé. Demandez à quoi peuvent servir des couches entraînées sur des "
            "voitures, des chiens et des champignons. Laissez ensuite les groupes chercher combien de photos il faut à "
            "B pour rattraper A (20, 500, toutes), et si A gagne aussi à en avoir plus. Question suivante : les mêmes "
            "couches aideraient-elles pour des chiffres numérisés, ou pour des radiographies ?",
        }
    },
)
