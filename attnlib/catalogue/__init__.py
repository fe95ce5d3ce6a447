"""The catalogue of exercises: one file for each, in a folder for each topic.

A file is found because it is there: ``TOPIC/NAME.py`` declares ``EXERCISE``, whose name is ``NAME``.
Looking one exercise up imports its file alone, so that ``check(softmax)`` doesn't wait for the others.
"""

from attnlib.catalogue._finding import Catalogue
from attnlib.exercise import Case, Exercise, Misconception, Property

#: The order of the course. A topic or an exercise that it doesn't list comes after those that it does.
ORDER = {
    "similarity": (
        "mixture_by_hand",
        "cosine_by_hand",
        "cosine_similarity",
        "best_key",
        "soft_lookup",
        "retrieve",
    ),
    "projections": (
        "projection_by_hand",
        "shapes_by_hand",
        "project",
        "self_scores",
        "cross_scores",
        "column_scores",
    ),
    "scaling": (
        "variance_by_hand",
        "scale_table_by_hand",
        "floor_by_hand",
        "score_variance",
        "score_scale",
        "attention_scores",
        "mean_top_weight",
    ),
    "softmax": ("softmax_by_hand", "softmax", "entropy", "softmax_jacobian"),
    "byhand": (
        "scores_by_hand",
        "weights_by_hand",
        "context_by_hand",
        "witches_by_hand",
        "hand_attention",
        "hand_attention_columns",
        "attention",
    ),
    "masks": ("causal_by_hand", "masked_by_hand", "causal_mask", "padding_mask", "attention_weights"),
    "heads": ("split_by_hand", "split_heads", "merge_heads", "head_counts", "multi_head_attention"),
    "learning": (
        "dscores_by_hand",
        "dw_q_by_hand",
        "numeric_gradient",
        "layer_norm",
        "layer_norm_gradient",
        "adam_step",
    ),
    "block": (
        "sinusoidal_positions",
        "rotate",
        "linear_bias",
        "feed_forward",
        "block_by_hand",
        "block",
    ),
    "gpt": ("perplexity_by_hand", "next_token_loss", "next_weights", "cached_step", "gpt_size"),
    "translation": (
        "additive_by_hand",
        "additive_scores",
        "additive_attention",
        "decoder_step",
        "exact_share",
    ),
    "bert": ("ceilings_by_hand", "mask_words", "masked_loss", "who_may_look", "mean_vector"),
    "t5": ("whole_answers_by_hand", "teacher_forcing", "three_masks", "cross_attention", "relative_rows"),
    "pointing": ("copying_by_hand", "copy_distribution", "log_spectrum", "edit_distance"),
    "questions": ("ranks_by_hand", "bm25_scores", "in_batch_loss", "recall_at_k", "answer_by_hops"),
    "vision": (
        "patches_by_hand",
        "cut_patches",
        "join_patches",
        "with_class_token",
        "roll_out",
    ),
    "detection": ("matching_by_hand", "match_costs", "best_matching", "scene_loss", "box_overlap"),
    "captions": (
        "estimates_by_hand",
        "draw_looks",
        "reinforce_gradient",
        "expected_gradient",
        "others_mean",
    ),
    "long": ("online_by_hand", "block_step", "window_context", "shared_heads", "cache_bytes"),
    "meaning": (
        "induction_by_hand",
        "induction_score",
        "switch_off",
        "shuffled_change",
        "furthest_weights",
    ),
}

EXERCISES = Catalogue(__name__, __path__, ORDER)

__all__ = ["EXERCISES", "ORDER", "Case", "Catalogue", "Exercise", "Misconception", "Property"]
