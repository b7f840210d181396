"""What a rare word probably means, told to a small model that had no chance to learn it.

Dinu et al. 2019, "Training Neural Machine Translation to Apply Terminology Constraints", writes a
term's translation into the source, beside the term; Bergmanis and Pinnis 2021, "Facilitating
Terminology Translation with Target Lemma Annotations", a form that the model is to inflect. Here
the translations come from a lexicon that is counted out of the texts the model learnt from.
"""
