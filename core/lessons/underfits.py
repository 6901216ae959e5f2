"""Underfitting by construction: sums of pixels cannot tell shapes apart; small sliding windows can."""

from core.lessons.lesson import Lesson
from core.lessons.promise import Beats, Reaches

SPEC = Lesson(
    title="It underfits",
    about="Five shapes of any colour in any place. The simplest network adds up pixels; its twin looks with small "
    "sliding windows.",
    settings={
        "dataset": "shapes",
        "architecture": "softmax",
        "image_size": 16,  # a quarter of the pixels: quick, and a star is still a star
        "classes": ("circle", "square", "triangle", "star", "cross"),
        "learning_rate": 0.003,
        "epochs": 20,
    },
    twins=({"architecture": "cnn_small"},),
    expectation="underfitting",
    promises=(
        Beats("B", "A"),
        Reaches("A", "train_accuracy", at_most=0.45),
        Reaches("B", "val_accuracy", at_least=0.65),
    ),
    levers=("architecture", "epochs"),
    seconds=17,
    question="A gives every pixel a weight and adds up. A star may be red or blue, here or there. How many of its own "
    "training images will A get right?",
    choices=("Nearly all: it sees them twenty times.", "About three of four.", "Fewer than half."),
    right=2,
    answer="A gets fewer than half of its own training images right. One weight for each pixel must serve for bright "
    "and dark stars, on the left and on the right, so the weights cancel out. B uses small windows that look for edges "
    "and corners wherever they are, and the same images are no problem for it.",
    look_at="Look at both curves of A: training and validation stay close to what guessing among five would cost, "
    "while B leaves them behind.",
    notes="Let pupils try to write down by hand which pixels speak for a star: they soon see that none does. Many "
    "answer that twenty rounds must be enough to learn pictures by heart. Show that A is not even good on its training "
    "images, which is what underfitting means. Make clear that more epochs or more images do not help here, only "
    "another kind of network does. Ask next: for which pictures would adding up pixels be enough?",
    order=1,
    translations={
        "fr": {
            "title": "Sous-apprentissage",
            "about": "Cinq formes de toute couleur et à toute place. Le réseau le plus simple additionne des pixels ; "
            "son jumeau regarde par de petites fenêtres glissantes.",
            "question": "A donne un poids à chaque pixel et additionne. Une étoile peut être rouge ou bleue, ici ou "
            "là. Combien de ses propres images d'entraînement A reconnaîtra-t-il ?",
            "choices": ("Presque toutes : il les voit vingt fois.", "Environ trois sur quatre.", "Moins de la moitié."),
            "answer": "A reconnaît moins de la moitié de ses propres images d'entraînement. Un seul poids par pixel "
            "doit servir aux étoiles claires et foncées, à gauche et à droite : les poids s'annulent. B emploie de "
            "petites fenêtres qui cherchent des bords et des coins où qu'ils soient, et les mêmes images ne lui posent "
            "pas de problème.",
            "look_at": "Regardez les deux courbes de A : entraînement et validation restent près de ce que coûte le "
            "hasard entre cinq classes, tandis que B les distance.",
            "notes": "Faites essayer d'écrire à la main quels pixels indiquent une étoile : on voit vite qu'aucun ne "
            "le fait. Beaucoup répondent que vingt passages suffisent pour apprendre des images par cœur. Montrez que "
            "A n'est même pas bon sur ses images d'entraînement : c'est cela, le sous-apprentissage. Dites clairement "
            "que plus d'époques ou plus d'images n'aident pas ici, seul un autre type de réseau aide. Question "
            "suivante : pour quelles images additionner des pixels suffirait-il ?",
        }
    },
)
