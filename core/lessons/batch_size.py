"""Batch size: the same epochs with few large batches or many small ones, and what a longer step makes up for."""

from core.lessons.lesson import Lesson
from core.lessons.promise import Beats

SPEC = Lesson(
    title="Big batches, few steps",
    about="A batch is the pile of images looked at before each correction. Ten epochs with piles of 512, and with "
    "piles of 8.",
    settings={
        "dataset": "digits",
        "architecture": "cnn_small",
        "batch_size": 512,  # three steps an epoch
        "epochs": 10,
    },
    twins=(
        {"batch_size": 8},  # 144 steps an epoch
        {"learning_rate": 0.01},  # as few steps, ten times as long
    ),
    expectation="still_improving",
    topic="levers",
    promises=(Beats("B", "A"), Beats("C", "A", "loss")),
    levers=("batch_size", "learning_rate"),
    seconds=14,
    question="A corrects itself after every 512 images, B after every 8. Both see every image ten times. Which one "
    "reads better afterwards?",
    choices=(
        "A: it sees more images at a time.",
        "B: it corrects itself more often.",
        "They saw the same, so neither.",
    ),
    right=1,
    answer="B is far ahead. An epoch of A is three corrections, an epoch of B is more than a hundred, each a little "
    "noisier but nearly as good. C shows that A is not hopeless: with as few steps, only longer ones, it gets much "
    "further. Batch size and learning rate belong together.",
    look_at="Look at how many steps make an epoch in each run, and at how smooth or ragged the loss is from step to "
    "step.",
    notes="Ask first how many corrections each run makes: 1,150 images by 512, and by 8. Pupils usually say that "
    "having seen the same images must give the same result. Let C answer the objection that large batches are bad: "
    "they only need longer steps. Mention that large batches are used because graphics cards work through them "
    "quickly. Ask next: what would happen to B with the learning rate of C?",
    order=3,
    translations={
        "fr": {
            "title": "Grands lots, peu de pas",
            "about": "Un lot est le paquet d'images regardé avant chaque correction. Dix époques avec des paquets de "
            "512, et avec des paquets de 8.",
            "question": "A se corrige après 512 images, B après 8. Les deux voient chaque image dix fois. Lequel lit "
            "le mieux ensuite ?",
            "choices": (
                "A : il voit plus d'images à la fois.",
                "B : il se corrige plus souvent.",
                "Ils ont vu la même chose, donc aucun.",
            ),
            "answer": "B est loin devant. Une époque de A, ce sont trois corrections ; une époque de B en compte plus "
            "de cent, chacune un peu plus bruitée mais presque aussi bonne. C montre que A n'est pas perdu : avec "
            "aussi peu de pas, mais plus longs, il va beaucoup plus loin. Taille de lot et taux d'apprentissage vont "
            "ensemble.",
            "look_at": "Regardez combien de pas compte une époque dans chaque entraînement, et si la perte est lisse "
            "ou dentelée d'un pas à l'autre.",
            "notes": "Demandez d'abord combien de corrections fait chaque entraînement : 1 150 images par 512, et par "
            "8. Les élèves disent souvent que les mêmes images doivent donner le même résultat. C répond à l'objection "
            "que les grands lots sont mauvais : il leur faut seulement des pas plus longs. Signalez qu'on les emploie "
            "parce que les cartes graphiques les traitent vite. Question suivante : qu'arriverait-il à B avec le taux "
            "d'apprentissage de C ?",
        }
    },
)
