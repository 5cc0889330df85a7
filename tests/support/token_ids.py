"""Ids of the word pieces of texts by what scores, and by transformers from the same file."""

from classifiers.scoring.network import WordPieces, tokenise
from classifiers.scoring.onnx_scorer import MODEL_DIR, TOKENIZER_FILE
from classifiers.text.words import undisguise

NOTHING_BUT_IDS = dict.fromkeys(
    ("add_special_tokens", "return_attention_mask", "return_token_type_ids", "verbose"), False
)
Ids = list[list[int]]


def ids_by_both():
    """Ours and theirs; transformers takes seconds to import."""
    from transformers import PreTrainedTokenizerFast

    path = MODEL_DIR / TOKENIZER_FILE
    ours = WordPieces(path)
    theirs = PreTrainedTokenizerFast(
        tokenizer_file=str(path), pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]"
    )

    def ids(texts):
        found = theirs([undisguise(text).text for text in texts], **NOTHING_BUT_IDS)["input_ids"]
        return [words for _, words in tokenise(ours, texts)], found

    return ids
