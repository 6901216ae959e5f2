"""A leak: the test images also stand among the training images, so the test rewards learning by heart."""

from core.lessons.lesson import Lesson
from core.lessons.promise import Beats, Flatters, Reaches

SPEC = Lesson(
    title="The test knew the answers",
    about="By mistake most test images also lie among the training images. The test result is splendid. What is it "
    "worth?",
    settings={
        "dataset": "digits_leaked",
        "architecture": "cnn_small",
        "filter_multiplier": 2.0,  # room to learn a thousand grainy pictures by heart
        "dropout": 0.0,
        "learning_rate": 0.005,
        "epochs": 30,
        "restore_best_weights": False,  # the network of the last epoch, which knows them by heart, is the one tested
    },
    twins=({"early_stopping_patience": 4, "restore_best_weights": True},),
    expectation="overfitting",
    topic="trust",
    promises=(
        Flatters("A"),
        Reaches("A", "test_accuracy", at_least=0.87),
        Reaches("A", "val_accuracy", at_most=0.84),
        Beats("B", "A", "loss"),
    ),
    levers=("early_stopping_patience", "restore_best_weights"),
    seconds=12,
    question="A network learns grainy digits. Four of five test images were also among those it learnt from. What does "
    "its test result say about new digits?",
    choices=(
        "About the right thing: a test is a test.",
        "Too little: the test is harder than new digits.",
        "Far too much: it has seen most of the answers.",
    ),
    right=2,
    answer="The test result is far too good. A has learnt its training images by heart, grain and all, and meets most "
    "of them again in the test. On the validation images, which really were held back, it is right much less often. B "
    "stopped earlier and has a lower validation loss, yet whoever looked at the test alone would choose A.",
    look_at="Look at the test accuracy when A is done, and then at where its validation curve ended. Honest numbers "
    "would lie close together.",
    notes="Show only the test result of A first and let the class judge. Then show the validation accuracy and ask how "
    "both can be true. Pupils often guess that the validation images happen to be harder: they come from the same "
    "pile. Compare it with a maths test whose exercises were handed out the week before: those who learn by heart "
    "shine. The page with the images finds such pictures; let somebody look for them there. Ask next: how can a leak "
    "come about unnoticed, say with several photos of the same dog?",
    order=2,
    translations={
        "fr": {
            "title": "Le test connaissait les réponses",
            "about": "Par erreur, la plupart des images de test se trouvent aussi parmi les images d'entraînement. "
            "Le résultat du test est superbe. Que vaut-il ?",
            "question": "Un réseau apprend des chiffres sous un grain épais. Quatre images de test sur cinq étaient "
            "aussi parmi celles qu'il a apprises. Que dit son résultat au test sur de nouveaux chiffres ?",
            "choices": (
                "À peu près la vérité : un test est un test.",
                "Trop peu : le test est plus difficile que de nouveaux chiffres.",
                "Beaucoup trop : il a déjà vu la plupart des réponses.",
            ),
            "answer": "Le résultat du test est bien trop beau. A a appris par cœur ses images d'entraînement, grain "
            "compris, et en retrouve la plupart dans le test. Sur les images de validation, qui ont vraiment été mises "
            "de côté, il a raison bien moins souvent. B s'est arrêté plus tôt et a une perte de validation plus basse, "
            "mais qui ne regarderait que le test choisirait A.",
            "look_at": "Regardez l'exactitude de test quand A a fini, puis l'endroit où s'est terminée sa courbe de "
            "validation. Des nombres honnêtes seraient proches.",
            "notes": "Montrez d'abord seulement le résultat de A au test et laissez la classe juger. Montrez ensuite "
            "l'exactitude de validation et demandez comment les deux peuvent être vraies. Les élèves supposent souvent "
            "que les images de validation sont plus difficiles : elles viennent du même tas. Comparez avec un contrôle "
            "de maths dont les exercices ont été distribués la semaine d'avant : qui apprend par cœur y brille. La "
            "page des images trouve de telles images ; faites-les chercher. Question suivante : comment une fuite "
            "peut-elle passer inaperçue, par exemple avec plusieurs photos du même chien ?",
        }
    },
)
