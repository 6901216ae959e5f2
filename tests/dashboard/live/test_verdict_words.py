"""What is said of a verdict, for every rule that some labelled history is judged by."""

from benchmarks.verdicts import FURTHER, labelled
from core.fit.verdict import verdict
from dashboard.live import verdict_words


def test_every_rule_has_its_sentence_with_its_numbers_and_its_titles():
    found = {}
    for folder in (None, *FURTHER.values()):
        for one in labelled(folder):
            judged = verdict(one.curves)
            found[judged.rule] = judged
    for rule, judged in found.items():
        note = verdict_words.note(judged)
        assert all((note.title, note.text)), rule
        assert "{" not in note.why, rule
        assert all((verdict_words.loss_title(judged), verdict_words.accuracy_title(judged))), rule
    assert {"worse_than_untrained", "validation_falls_jaggedly", "wrong_labels_beside_a_level_validation"} <= set(found)
